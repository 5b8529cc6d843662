// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/families.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/reference.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {
namespace {

constexpr Param kHelpParams[] = {{"method", ParamType::text, Need::optional, "only this one"}};

Outcome help(Call& call) {
  const auto name = call.arguments.get<std::string>("method");
  if (name && !find_method(*name)) return unknown_method(*name);
  JsonArray list;
  for (const auto& method : methods()) {
    if (!name || method.name == *name) list.push_back(described(method));
  }
  return Json(std::move(list));
}

Outcome quit(Call& call) {
  call.target.quit();
  return Json(true);
}

constexpr Method kMethods[] = {
    {"quit", "ends the program in order, as SIGTERM does", {}, &quit},
    {"help", "lists the methods with their parameters", kHelpParams, &help, Effect::none},
};

}  // namespace

std::span<const Method> program_methods() { return kMethods; }

std::span<const Method> methods() {
  static const auto all = [] {
    std::vector<Method> list;
    for (const auto family : {state_methods(), module_methods(), network_methods(), message_methods(), fault_methods(),
                              journal_methods(), program_methods()}) {
      list.insert(list.end(), family.begin(), family.end());
    }
    return list;
  }();
  return all;
}

}  // namespace quasimodem::app::control
