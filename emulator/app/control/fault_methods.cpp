// SPDX-License-Identifier: Apache-2.0
// Faults while the module runs; docs/faults.md has their kinds.
#include <algorithm>
#include <list>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app::control {
namespace {

// Each is asked at every byte, command or packet that it might be about.
constexpr std::size_t kMostFaults = 1000;

ParamType type_of(emulator::ParameterType type) {
  switch (type) {
    case emulator::ParameterType::time: return ParamType::duration;
    case emulator::ParameterType::number: return ParamType::integer;
    case emulator::ParameterType::text: return ParamType::text;
  }
  return ParamType::text;
}

/// The faults that have this parameter.
std::string owners(std::string_view parameter) {
  std::vector<std::string_view> names;
  for (const auto& kind : emulator::fault_kinds()) {
    const auto has = [&](const auto& each) { return each.name == parameter; };
    if (std::any_of(kind.parameters.begin(), kind.parameters.end(), has)) names.push_back(kind.name);
  }
  return fmt::format("of {}", fmt::join(names, ", "));
}

/// What every fault has, then what some have: each name once.
const std::vector<Param>& add_params() {
  static const auto all = [] {
    std::vector<Param> list{
        {"spec", ParamType::text, "its name, or a whole line as for --fault: bearer.outage for=6s"},
        {"name", ParamType::text, "its name, instead of spec"},
        {"match", ParamType::text, "strikes only what contains this text"},
        {"after", ParamType::duration, "not before that long from now"},
        {"for", ParamType::duration, "no longer than that; what it changed is undone"},
        {"count", ParamType::integer, "at most so often"},
        {"probability", ParamType::number, "0 to 1, each time"},
        {"every", ParamType::duration, "by the clock: again after that long, while count allows"},
    };
    static std::list<std::string> helps;
    const auto known = [&](std::string_view name) {
      return std::any_of(list.begin(), list.end(), [name](const Param& param) { return param.name == name; });
    };
    for (const auto& kind : emulator::fault_kinds()) {
      for (const auto& parameter : kind.parameters) {
        if (known(parameter.name)) continue;
        const auto& help = helps.emplace_back(owners(parameter.name));
        list.push_back({parameter.name, type_of(parameter.type), help});
      }
    }
    return list;
  }();
  return all;
}

/// The argument as it would stand in a line.
std::string typed_form(const Arguments& arguments, const Param& param) {
  switch (param.type) {
    case ParamType::duration: return duration_text(*arguments.get<Duration>(param.name));
    case ParamType::integer: return fmt::format("{}", *arguments.get<std::int64_t>(param.name));
    case ParamType::number: return fmt::format("{}", *arguments.get<double>(param.name));
    default: return *arguments.get<std::string>(param.name);
  }
}

tl::expected<FaultRule, std::string> read_fault(const Arguments& arguments) {
  if (arguments.has("spec") == arguments.has("name"))
    return tl::unexpected{std::string{"one of spec and name is needed"}};
  emulator::FaultWords fault;
  if (const auto spec = arguments.get<std::string>("spec")) {
    auto words = emulator::fault_words(*spec);
    if (!words) return tl::unexpected{words.error()};
    fault = std::move(*words);
  } else {
    fault.name = *arguments.get<std::string>("name");
  }
  for (const auto& param : add_params()) {
    if (param.name == "spec" || param.name == "name" || !arguments.has(param.name)) continue;
    fault.words.emplace_back(param.name, typed_form(arguments, param));
  }
  return emulator::make_fault(fault);
}

Outcome add_fault(Call& call) {
  auto& faults = call.target.faults();
  auto rule = read_fault(call.arguments);
  if (!rule) return invalid(fmt::format("fault.add: {}", rule.error()));
  if (faults.book().entries().size() >= kMostFaults) {
    return impossible(fmt::format("fault.add: there are {} faults already; fault.clear takes them away", kMostFaults));
  }
  return JsonObject{{"id", faults.add(std::move(*rule))}};
}

Outcome list_faults(Call& call) {
  JsonArray list;
  for (const auto& entry : call.target.faults().book().entries()) {
    list.push_back(JsonObject{{"id", entry.id}, {"spec", emulator::fault_text(entry.rule)}, {"fired", entry.fired}});
  }
  return Json(std::move(list));
}

constexpr Param kClearParams[] = {{"id", ParamType::integer, "only this one"}};

Outcome clear_faults(Call& call) {
  auto& faults = call.target.faults();
  const auto id = call.arguments.get<std::int64_t>("id");
  if (!id) {
    faults.clear();
    return Json(true);
  }
  const auto same = [id](const auto& entry) { return entry.id == *id; };
  const auto& entries = faults.book().entries();
  if (std::none_of(entries.begin(), entries.end(), same)) {
    return invalid(fmt::format("fault.clear: there is no fault {}", *id));
  }
  faults.remove(static_cast<int>(*id));
  return Json(true);
}

}  // namespace

std::span<const Method> fault_methods() {
  static const Method all[] = {
      {"fault.add", "something goes wrong from now on", add_params(), &add_fault, Effect::changes, "spec"},
      {"fault.list", "the faults there are, and how often each struck", {}, &list_faults, Effect::none},
      {"fault.clear", "takes faults away and undoes what they did", kClearParams, &clear_faults, Effect::changes, "id"},
  };
  return all;
}

}  // namespace quasimodem::app::control
