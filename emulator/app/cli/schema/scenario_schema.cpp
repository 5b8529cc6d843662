// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/journal.hpp"
#include "emulator/app/cli/schema/documents.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "emulator/app/desk/scenario/vocabulary.hpp"

namespace quasimodem::app::schema {
namespace {

using scenario::Form;
using scenario::StepKind;
using scenario::Subject;

bool looks_for_command(const StepKind& kind) { return kind.subject == Subject::at || kind.subject == Subject::unknown; }

bool looks(Form form) {
  return form == Form::wait || form == Form::expect || form == Form::never || form == Form::when;
}

/// Stands for any command or URC when it has no value.
bool is_bare(const StepKind& kind) {
  const bool alone = kind.form == Form::wait || kind.form == Form::expect || kind.form == Form::never;
  return alone && (looks_for_command(kind) || kind.subject == Subject::urc);
}

bool has_key(const StepKind& kind, std::string_view key) {
  return std::find(kind.keys.begin(), kind.keys.end(), key) != kind.keys.end();
}

JsonObject or_nothing(JsonObject schema) {
  auto& type = schema["type"];
  if (!type.is_array()) type = JsonArray{type};
  type.as_array().emplace_back("null");
  return schema;
}

JsonObject time() { return reference("time"); }

/// `every`: a time that is not too short.
JsonObject interval() {
  static_assert(scenario::kShortestInterval == 10ms, "the patterns below are about 10 ms");
  constexpr std::string_view kTooShort =
      R"(^(?:0*[0-9](?:\.[0-9]*)?ms|0*[0-9]{1,4}(?:\.[0-9]*)?us|0*\.00[0-9]*s?|0*\.000(?:0[0-9]*|1(?:[0-5][0-9]*)?)min|\.[0-9]*(?:ms|us)|[0.]+(?:h|min|s)?)$)";
  return {{"allOf", JsonArray{time(), JsonObject{{"not", JsonObject{{"type", "string"}, {"pattern", kTooShort}}}},
                              JsonObject{{"minimum", 0.01}}}}};
}

/// `at,urc`
JsonObject record_kinds() {
  std::vector<std::string> names;
  for (int i = 0; i < kRecordKinds; ++i) names.push_back(literal(quasimodem::name_of(static_cast<RecordKind>(i))));
  return text_like(fmt::format("{0}(?:,{0})*", one_of(names)));
}

JsonObject text_of(const StepKind& kind) {
  if (looks_for_command(kind)) return or_nothing(text_like(fmt::format(R"((?:AT|at|\*){})", kAnyText)));
  const bool optional = kind.subject == Subject::urc || kind.subject == Subject::event;
  return optional ? or_nothing(filled_scalar()) : filled_scalar();
}

JsonObject value_of(const StepKind& kind) {
  switch (kind.form) {
    case Form::wait:
    case Form::expect:
    case Form::never:
    case Form::when: return text_of(kind);
    case Form::wait_state:
    case Form::expect_state: return {{"type", "object"}, {"minProperties", 1}};
    case Form::every: return interval();
    case Form::delay: return time();
    case Form::repeat: return yaml_integer(1, scenario::kMostRounds);
    case Form::fault: return reference("fault");
    case Form::clear_fault: return {{"enum", fault_names(true)}};
  }
  return {};
}

JsonObject value_of(const scenario::Key& key) {
  if (key.value == "TEXT") return filled_scalar();
  if (key.value == "DURATION") return time();
  if (key.value == "NUMBER") return yaml_integer(1, scenario::kMostTimes);
  if (key.value == "KINDS") return record_kinds();
  if (key.value == "STEPS") return reference("inner_steps");
  throw std::logic_error{fmt::format("no schema for {} of \"{}\"", key.value, key.name)};
}

/// What else can or must stand in a step.
JsonObject company(std::string_view step, std::span<const std::string_view> keys) {
  JsonArray names{step, "name"};
  for (const auto key : keys) names.emplace_back(key);
  return {{"propertyNames", JsonObject{{"enum", std::move(names)}}}};
}

JsonObject company(const StepKind& kind) {
  auto schema = company(kind.name, kind.keys);
  if (has_key(kind, "do")) schema["required"] = JsonArray{"do"};
  if (looks(kind.form) && kind.subject == Subject::event) {
    // Without a text the kinds have to say which records.
    const JsonObject filled{{"properties", JsonObject{{kind.name, filled_scalar()}}}};
    schema["anyOf"] = JsonArray{JsonObject{{"required", JsonArray{"kind"}}}, filled};
  }
  return schema;
}

/// A step on the outermost level.
JsonObject step() {
  JsonObject properties, companies;
  std::vector<std::string> bare;
  for (const auto& kind : scenario::step_kinds()) {
    properties[kind.name] = described(value_of(kind), kind.meaning);
    companies[kind.name] = company(kind);
    if (is_bare(kind)) bare.emplace_back(kind.name);
  }
  for (const auto& method : control::methods()) {
    if (!scenario::is_step(method)) continue;
    properties[method.name] = method_schema(method);
    companies[method.name] = company(method.name, {});
    const auto required = [](const control::Param& param) { return param.need == control::Need::required; };
    if (std::none_of(method.params.begin(), method.params.end(), required)) bare.emplace_back(method.name);
  }
  JsonArray modifiers;
  for (const auto& key : scenario::keys()) {
    properties[key.name] = described(value_of(key), key.meaning);
    modifiers.emplace_back(key.name);
  }
  std::vector<std::string> patterns;
  for (const auto& name : bare) patterns.push_back(literal(name));

  // One that does something, not only modifiers.
  const JsonObject does_nothing{{"type", "object"}, {"propertyNames", JsonObject{{"enum", std::move(modifiers)}}}};
  auto schema = closed(std::move(properties));
  schema["type"] = JsonArray{"object", "string"};
  schema["pattern"] = whole(one_of(patterns));
  schema["examples"] = strings(bare);
  schema["dependencies"] = std::move(companies);
  schema["not"] = does_nothing;
  return schema;
}

/// A step within `do`. What goes on beside the other steps would be begun again and again.
JsonObject inner_step() {
  JsonObject refused, lasting;
  JsonArray not_bare;
  for (const auto& kind : scenario::step_kinds()) {
    if (kind.form == Form::when || kind.form == Form::every) refused[kind.name] = false;
    if (kind.form != Form::never) continue;
    lasting[kind.name] = JsonArray{"for"};
    not_bare.emplace_back(kind.name);
  }
  JsonObject narrower;
  narrower["properties"] = std::move(refused);
  narrower["dependencies"] = std::move(lasting);
  narrower["not"] = JsonObject{{"enum", std::move(not_bare)}};
  return {{"allOf", JsonArray{reference("step"), std::move(narrower)}}};
}

JsonObject list_of(std::string_view definition) {
  return {{"type", "array"}, {"minItems", 1}, {"items", reference(definition)}};
}

}  // namespace

JsonObject scenario_schema() {
  JsonObject root;
  root["name"] = described(filled_scalar(), "what the scenario is called in messages and in JUnit");
  root["within"] = described(time(), "how long a wait lasts at most that does not say so itself; 10s unless given");
  root["steps"] = described(list_of("step"), "one after the other");

  JsonObject fault{{"type", JsonArray{"string", "object"}}};
  fault["allOf"] = JsonArray{reference("fault_line"), reference("fault_map")};
  JsonObject definitions;
  definitions["step"] = step();
  definitions["inner_step"] = inner_step();
  definitions["inner_steps"] = list_of("inner_step");
  definitions["time"] = time_or_seconds();
  definitions["flag"] = flag_schema();
  definitions["fault"] = std::move(fault);
  definitions["fault_line"] = fault_line();
  definitions["fault_map"] = fault_map();

  auto schema =
      with(document("A scenario of quasimodem", "The steps of a test: docs/scenarios.md."), closed(std::move(root)));
  schema["required"] = JsonArray{"steps"};
  schema["definitions"] = std::move(definitions);
  return schema;
}

}  // namespace quasimodem::app::schema
