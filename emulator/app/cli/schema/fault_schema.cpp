// SPDX-License-Identifier: Apache-2.0

#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app::schema {
namespace {

using emulator::FaultKind;
using emulator::FaultParameter;
using emulator::FaultTrigger;
using emulator::ParameterType;

// A value in a line: blanks stand between quotes, a backslash keeps what follows as it is.
constexpr std::string_view kValue = R"((?:[^ "\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*")*)";
constexpr std::string_view kProbability = R"((?:0+(?:\.[0-9]*)?|\.[0-9]+|0*1(?:\.0*)?))";

bool is(const FaultParameter& parameter, std::string_view name) { return parameter.name == name; }

std::string value_pattern(const FaultParameter& parameter) {
  if (parameter.type == ParameterType::text) return std::string{kValue};
  std::string pattern{"[0-9]+"};
  if (parameter.type == ParameterType::time) pattern = duration_pattern();
  if (is(parameter, "probability")) pattern = kProbability;
  if (is(parameter, "count")) pattern = "0*[1-9][0-9]*";
  return fmt::format("\"?{}\"?", pattern);
}

JsonObject value_schema(const FaultParameter& parameter) {
  JsonObject schema = scalar();
  if (parameter.type == ParameterType::time) schema = time_or_seconds();
  if (parameter.type == ParameterType::number) {
    schema = yaml_integer(is(parameter, "count") ? 1 : 0, std::numeric_limits<int>::max());
  }
  if (is(parameter, "probability")) {
    schema = {
        {"type", JsonArray{"number", "string"}}, {"minimum", 0}, {"maximum", 1}, {"pattern", whole(kProbability)}};
  }
  return described(std::move(schema), parameter.meaning);
}

std::vector<FaultParameter> parameters_of(const FaultKind& kind) {
  const auto common = emulator::common_fault_parameters();
  std::vector<FaultParameter> all{common.begin(), common.end()};
  all.insert(all.end(), kind.parameters.begin(), kind.parameters.end());
  return all;
}

std::string begins_with(std::string_view name) { return fmt::format("^ *(?:name=)?{}(?: |$)", name); }

/// By the clock more than once: that needs `every`, unless commands that match say when.
bool may_need_every(const FaultKind& kind) { return kind.trigger == FaultTrigger::clock; }

JsonObject line_of(const FaultKind& kind) {
  std::vector<std::string> words;
  for (const auto& parameter : parameters_of(kind)) {
    words.push_back(fmt::format("{}={}", parameter.name, value_pattern(parameter)));
  }
  const auto name = literal(kind.name);
  const auto every =
      may_need_every(kind) ? R"((?=[\s\S]* (?:every|match)=|(?![\s\S]* count="?0*(?:[2-9]|1[0-9]))))" : "";
  return {{"if", JsonObject{{"type", "string"}, {"pattern", begins_with(name)}}},
          {"then", JsonObject{{"pattern", fmt::format("^{} *(?:name=)?{}(?: +{})* *$", every, name, one_of(words))},
                              {"description", kind.effect}}}};
}

JsonObject map_of(const FaultKind& kind) {
  const JsonObject named{{"name", JsonObject{{"const", kind.name}}}};
  JsonArray names{"name"};
  for (const auto& parameter : parameters_of(kind)) names.emplace_back(parameter.name);
  JsonObject properties;
  for (const auto& parameter : kind.parameters) properties[parameter.name] = value_schema(parameter);
  JsonObject then{{"description", kind.effect}, {"propertyNames", JsonObject{{"enum", std::move(names)}}}};
  then["properties"] = std::move(properties);
  if (may_need_every(kind)) {
    const JsonObject several{{"not", JsonObject{{"enum", JsonArray{1, "1"}}}}};
    then["if"] = JsonObject{{"required", JsonArray{"count"}}, {"properties", JsonObject{{"count", several}}}};
    then["then"] = JsonObject{{"anyOf", JsonArray{JsonObject{{"required", JsonArray{"every"}}},
                                                  JsonObject{{"required", JsonArray{"match"}}}}}};
  }
  return {{"if", JsonObject{{"type", "object"}, {"required", JsonArray{"name"}}, {"properties", named}}},
          {"then", std::move(then)}};
}

}  // namespace

JsonArray fault_names(bool all) {
  auto list = names_of(emulator::fault_kinds());
  if (all) list.insert(list.begin(), "all");
  return strings(list);
}

JsonObject fault_line() {
  std::vector<std::string> patterns;
  for (const auto& name : names_of(emulator::fault_kinds())) patterns.push_back(literal(name));
  JsonArray kinds;
  for (const auto& kind : emulator::fault_kinds()) kinds.emplace_back(line_of(kind));
  JsonObject schema{{"pattern", begins_with(one_of(patterns))}, {"examples", fault_names()}};
  schema["allOf"] = std::move(kinds);
  return schema;
}

JsonObject fault_map() {
  JsonArray kinds;
  for (const auto& kind : emulator::fault_kinds()) kinds.emplace_back(map_of(kind));
  JsonObject schema{{"required", JsonArray{"name"}}};
  JsonObject properties{{"name", JsonObject{{"enum", fault_names()}}}};
  for (const auto& parameter : emulator::common_fault_parameters()) {
    properties[parameter.name] = value_schema(parameter);
  }
  schema["properties"] = std::move(properties);
  schema["allOf"] = std::move(kinds);
  return schema;
}

}  // namespace quasimodem::app::schema
