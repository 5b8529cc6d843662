// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/cli/schema/parts.hpp"
#include "emulator/app/desk/scenario/method_step.hpp"

namespace quasimodem::app::schema {
namespace {

using control::Method;
using control::Need;
using control::Param;
using control::ParamType;

constexpr std::string_view kInteger = "-?[0-9]+";

std::string number_pattern() { return fmt::format("-?{}(?:[eE][-+]?[0-9]+)?", kPlainNumber); }

/// The value behind `key=`.
std::string value_pattern(ParamType type) {
  switch (type) {
    case ParamType::boolean: return "(?:true|on|1|yes|false|off|0|no)";
    case ParamType::integer: return std::string{kInteger};
    case ParamType::number: return number_pattern();
    case ParamType::duration: return duration_pattern();
    case ParamType::text:
    case ParamType::json: break;
  }
  return std::string{kAnyText};
}

/// `under_voltage`, `--under-voltage`
std::string name_pattern(const Param& param) {
  std::string dashed;
  for (const char c : param.name) dashed += c == '_' ? std::string{"[_-]"} : std::string{c};
  return fmt::format("(?:{}|--{})", param.name, dashed);
}

std::string word_pattern(const Param& param) {
  const auto optional = param.type == ParamType::boolean ? "?" : "";
  return fmt::format("{}(?:={}){}", name_pattern(param), value_pattern(param.type), optional);
}

/// A word without `key=`; what looks like a key is none.
std::string bare_word_pattern(const Method& method, const Param& param) {
  std::vector<std::string> names;
  for (const auto& each : method.params) names.push_back(fmt::format("{}$", each.name));
  return fmt::format("(?!--|[a-z_]*=|{}){}", fmt::join(names, "|"), value_pattern(param.type));
}

std::vector<const Param*> required(const Method& method) {
  std::vector<const Param*> all;
  for (const auto& param : method.params) {
    if (param.need == Need::required) all.push_back(&param);
  }
  return all;
}

/// A member of a map.
JsonObject member(const Param& param) {
  switch (param.type) {
    case ParamType::boolean: return reference("flag");
    case ParamType::integer: return yaml_integer(std::nullopt);
    case ParamType::number: return {{"type", JsonArray{"number", "string"}}, {"pattern", whole(number_pattern())}};
    case ParamType::duration: return time_or_seconds();
    case ParamType::text:
    case ParamType::json: break;  // as text, too
  }
  return scalar();
}

/// How YAML sees a word that stands for this parameter.
void add_types(JsonArray& types, const Param& param) {
  if (param.type == ParamType::integer) types.emplace_back("integer");
  if (param.type == ParamType::number || param.type == ParamType::duration) types.emplace_back("number");
  if (param.type == ParamType::text) types = JsonArray{"string", "number", "boolean"};
}

/// One word, and the same as an item of a list.
struct Words {
  JsonArray types{"string"};
  std::vector<std::string> patterns;

  void add(const Method& method, const Param& param) {
    patterns.push_back(word_pattern(param));
    if (param.name != method.word) return;
    patterns.push_back(bare_word_pattern(method, param));
    add_types(types, param);
  }
  std::string pattern() const { return whole(one_of(patterns)); }
};

/// Each parameter that must be there is the beginning of some word.
JsonArray presence(const Method& method) {
  JsonArray all;
  for (const auto* param : required(method)) {
    if (param->name == method.word) continue;
    const JsonObject word{{"type", "string"}, {"pattern", fmt::format("^{}(?:=|$)", name_pattern(*param))}};
    all.emplace_back(JsonObject{{"contains", word}});
  }
  return all;
}

}  // namespace

JsonObject flag_schema() {
  return {{"enum", JsonArray{true, false, nullptr, "on", "off", "yes", "no", "true", "false", 1, 0, "1", "0"}}};
}

JsonObject method_schema(const Method& method) {
  const auto needed = required(method);
  Words item, alone;
  JsonObject members;
  JsonArray names;
  for (const auto& param : method.params) {
    members[param.name] = described(member(param), param.help);
    item.add(method, param);
    if (needed.empty() || (needed.size() == 1 && needed[0] == &param)) alone.add(method, param);
  }
  for (const auto* param : needed) names.emplace_back(param->name);

  JsonArray types{"object", "array"};
  auto schema = closed(std::move(members));
  if (needed.empty()) types.emplace_back("null");
  if (scenario::text_alone(method)) {
    for (const auto* type : {"string", "number", "boolean"}) types.emplace_back(type);
  } else if (!alone.patterns.empty()) {
    for (const auto& type : alone.types) types.push_back(type);
    schema["pattern"] = alone.pattern();
  }
  schema["type"] = std::move(types);
  if (!needed.empty()) {
    schema["required"] = std::move(names);
    schema["minItems"] = 1;
  }
  if (item.patterns.empty()) {
    schema["maxItems"] = 0;
  } else {
    schema["items"] = JsonObject{{"type", item.types}, {"pattern", item.pattern()}};
  }
  if (auto all = presence(method); !all.empty()) {
    schema["if"] = JsonObject{{"type", "array"}};
    schema["then"] = JsonObject{{"allOf", std::move(all)}};
  }
  return described(std::move(schema), method.summary);
}

}  // namespace quasimodem::app::schema
