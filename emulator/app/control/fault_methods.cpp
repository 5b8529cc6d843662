// SPDX-License-Identifier: Apache-2.0
// Faults while the module runs; docs/faults.md has their kinds.
#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/control/families.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app::control {
namespace {

constexpr Param kAddParams[] = {
    {"spec", ParamType::text, Need::required, "as for --fault: bearer.outage for=6s count=1"},
};

Outcome add_fault(Call& call) {
  const auto id = call.target.faults().add(*call.arguments.get<std::string>("spec"));
  if (!id) return Failure{ErrorCode::invalid_parameter, fmt::format("fault.add: {}", id.error())};
  return Json::Object{{"id", *id}};
}

Outcome list_faults(Call& call) {
  Json::Array list;
  for (const auto& entry : call.target.faults().book().entries()) {
    list.push_back(Json::Object{{"id", entry.id}, {"spec", emulator::fault_text(entry.rule)}, {"fired", entry.fired}});
  }
  return Json{std::move(list)};
}

constexpr Param kClearParams[] = {{"id", ParamType::integer, Need::optional, "only this one"}};

Outcome clear_faults(Call& call) {
  auto& faults = call.target.faults();
  const auto id = call.arguments.get<std::int64_t>("id");
  if (!id) {
    faults.clear();
    return Json{true};
  }
  const auto same = [id](const auto& entry) { return entry.id == *id; };
  const auto& entries = faults.book().entries();
  if (std::none_of(entries.begin(), entries.end(), same)) {
    return Failure{ErrorCode::invalid_parameter, fmt::format("fault.clear: there is no fault {}", *id)};
  }
  faults.remove(static_cast<int>(*id));
  return Json{true};
}

constexpr Method kMethods[] = {
    {"fault.add", "something goes wrong from now on", kAddParams, &add_fault},
    {"fault.list", "the faults there are, and how often each struck", {}, &list_faults, Effect::none},
    {"fault.clear", "takes faults away and undoes what they did", kClearParams, &clear_faults},
};

}  // namespace

std::span<const Method> fault_methods() { return kMethods; }

}  // namespace quasimodem::app::control
