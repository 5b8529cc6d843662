// SPDX-License-Identifier: Apache-2.0
// All methods together, and what people are told of them.
#include <fmt/format.h>

#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"

namespace quasimodem::app::control {
namespace {

/// One method as the answer to `help`.
Json described(const Method& method) {
  JsonArray params;
  for (const auto& param : method.params) {
    params.push_back(JsonObject{{"name", param.name},
                                {"type", name_of(param.type)},
                                {"required", param.need == Need::required},
                                {"help", param.help}});
  }
  return JsonObject{{"method", method.name}, {"summary", method.summary}, {"params", std::move(params)}};
}

constexpr Param kHelpParams[] = {{"method", ParamType::text, "only this one"}};

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

// ---- for people ----

std::string synopsis(const Method& method) {
  std::string text{method.name};
  for (const auto& param : method.params) {
    const auto word = param.type == ParamType::boolean ? std::string{param.name}
                                                       : fmt::format("{}={}", param.name, name_of(param.type));
    text += param.need == Need::required ? " " + word : fmt::format(" [{}]", word);
  }
  return text;
}

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

std::string help_text() {
  std::string text;
  for (const auto& method : methods()) text += fmt::format("{:<12} {}\n", method.name, method.summary);
  return text + "\nParameters: quasimodem ctl help METHOD\n";
}

std::string help_text(const Method& method) {
  std::string text = fmt::format("{}\n\n{}\n", synopsis(method), method.summary);
  if (!method.params.empty()) text += "\n";
  for (const auto& param : method.params) {
    text += fmt::format("  {:<14} {:<10} {}{}\n", param.name, name_of(param.type), param.help,
                        param.need == Need::required ? " (required)" : "");
  }
  return text;
}

std::string reference_table() {
  std::string text = "| Method | Parameter | Type | Meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& method : methods()) {
    text += fmt::format("| `{}` | | | {} |\n", method.name, method.summary);
    for (const auto& param : method.params) {
      std::string type{name_of(param.type)};
      if (const auto bar = type.find('|'); bar != std::string::npos) type.replace(bar, 1, " or ");
      text += fmt::format("| | `{}` | {} | {}{} |\n", param.name, type, param.help,
                          param.need == Need::required ? " (required)" : "");
    }
  }
  return text;
}

}  // namespace quasimodem::app::control
