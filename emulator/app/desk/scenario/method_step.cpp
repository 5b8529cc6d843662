// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/method_step.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "emulator/app/control/dispatch.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app::scenario {
namespace {

using control::Method;

void add_word(const std::string& source, const Method& method, const std::string& word, Place place,
              JsonObject& params) {
  auto json = control::params_from_words(method, std::array{word});
  if (!json) wrong_place(source, place, json.error().message);
  for (const auto& param : json->get_object()) {
    if (params.insert(param).second) continue;
    wrong_place(source, place, control::given_twice(method, param.key()).message);
  }
}

JsonObject read_params(const std::string& source, const Method& method, const Node& value) {
  JsonObject params;
  switch (value.kind) {
    case Node::Kind::null: break;
    case Node::Kind::scalar:
      if (const auto* param = text_alone(method)) {
        params.emplace(param->name, value.text);
      } else {
        add_word(source, method, value.text, value.place, params);
      }
      break;
    case Node::Kind::list:
      for (const auto& item : value.items) {
        if (item.kind != Node::Kind::scalar) wrong_place(source, item.place, "a word is wanted, like key=value");
        add_word(source, method, item.text, item.place, params);
      }
      break;
    case Node::Kind::map:
      for (const auto& member : value.items) {
        const bool plain = member.kind == Node::Kind::scalar || member.kind == Node::Kind::null;
        if (!plain) wrong_place(source, member.place, fmt::format("{}: one value is wanted", member.key));
        const auto word = member.kind == Node::Kind::null ? member.key : fmt::format("{}={}", member.key, member.text);
        add_word(source, method, word, member.key_place, params);
      }
      break;
  }
  return params;
}

FaultRule read_rule(const std::string& source, const Node& value) {
  if (value.kind == Node::Kind::scalar) {
    auto rule = emulator::parse_fault(value.text);
    if (!rule) wrong_place(source, value.place, rule.error());
    return *rule;
  }
  const auto* name = value.find("name");
  if (!name) wrong_place(source, value.place, "a fault is wanted, like bearer.outage for=6s, or {name: bearer.outage}");
  emulator::FaultWords fault{.name = name->text, .words = {}};
  for (const auto& member : value.items) {
    if (member.kind != Node::Kind::scalar) wrong_place(source, member.place, member.key + ": one value is wanted");
    if (&member != name) fault.words.emplace_back(member.key, member.text);
  }
  auto rule = emulator::make_fault(fault);
  if (!rule) wrong_place(source, value.place, rule.error());
  return *rule;
}

tl::expected<Json, std::string> run(control::Target& target, const control::Method& method, const Json& params) {
  const auto arguments = control::read_arguments(method, params);
  if (!arguments) return tl::unexpected{arguments.error().message};
  control::Subscriber nobody;  // a step wants no events
  control::Call call{target, *arguments, nobody, control::Answer{[](const auto&) {}}};
  auto outcome = method.run(call);
  if (auto* failure = std::get_if<control::Failure>(&outcome)) return tl::unexpected{std::move(failure->message)};
  auto* result = std::get_if<Json>(&outcome);
  return result ? std::move(*result) : Json{};
}

}  // namespace

const control::Param* text_alone(const Method& method) {
  const control::Param* only = nullptr;
  for (const auto& param : method.params) {
    if (param.need != control::Need::required) continue;
    if (only || param.type != control::ParamType::text) return nullptr;
    only = &param;
  }
  return only;
}

Act read_method_step(const std::string& source, const Method& method, const Node& value) {
  Json params = read_params(source, method, value);
  if (const auto checked = control::read_arguments(method, params); !checked) {
    wrong_place(source, value.place, checked.error().message);
  }
  return {&method, std::move(params)};
}

Act read_fault_step(const std::string& source, const Node& value) {
  const auto spec = emulator::fault_text(read_rule(source, value));
  return {control::find_method("fault.add"), JsonObject{{"spec", spec}}};
}

std::string act_title(const Act& act) {
  const auto spec = member_text(act.params, "spec");
  if (act.method->name == "fault.add" && spec) return fmt::format("fault {}", *spec);
  std::string title{act.method->name};
  for (const auto& each : act.params.get_object()) {
    const auto text = text_of(each.value());
    title += fmt::format(" {}={}", std::string_view{each.key()}, text ? std::string{*text} : to_text(each.value()));
  }
  return title;
}

tl::expected<Json, std::string> perform(control::Target& target, const Act& act) {
  control::note_request(target, *act.method, act.params);
  return run(target, *act.method, act.params);
}

tl::expected<void, std::string> clear_faults(control::Target& target, const ClearFaults& faults) {
  const auto* clear = control::find_method("fault.clear");
  if (faults.name == "all") return perform(target, Act{clear, JsonObject{}}).map([](const Json&) {});
  std::vector<int> ids;
  for (const auto& entry : target.faults().book().entries()) {
    if (entry.rule.name == faults.name) ids.push_back(entry.id);
  }
  if (ids.empty()) return tl::unexpected{fmt::format("there is no fault {} to clear", faults.name)};
  for (const auto id : ids) {
    if (const auto done = perform(target, Act{clear, JsonObject{{"id", id}}}); !done) {
      return tl::unexpected{done.error()};
    }
  }
  return {};
}

}  // namespace quasimodem::app::scenario
