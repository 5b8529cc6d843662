// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/schema/parts.hpp"

#include <cstddef>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/cli/schema/documents.hpp"

namespace quasimodem::app::schema {
namespace {

constexpr std::size_t kWidth = 100;

std::string written(const Json& json, std::size_t indent, std::size_t before) {
  std::vector<std::string> parts;
  std::size_t width = indent + before;
  const auto add = [&](const std::string& name, const Json& value) {
    parts.push_back(name + written(value, indent + 2, name.size()));
    width += parts.back().size() + 2;
  };
  if (const auto* object = json.if_object()) {
    for (const auto& member : *object) add(fmt::format("{}: ", json_string(member.key())), member.value());
  } else if (const auto* array = json.if_array()) {
    for (const auto& item : *array) add("", item);
  } else {
    const auto* text = json.if_string();
    return text ? json_string(*text) : to_text(json);
  }
  const auto [open, close] = json.is_object() ? std::pair{"{", "}"} : std::pair{"[", "]"};
  const auto broken = [](const std::string& part) { return part.find('\n') != std::string::npos; };
  bool fits = width <= kWidth;
  for (const auto& part : parts) fits = fits && !broken(part);
  if (fits) return fmt::format("{}{}{}", open, fmt::join(parts, ", "), close);
  const auto margin = fmt::format("\n{:{}}", "", indent);
  return fmt::format("{}{}  {}{}{}", open, margin, fmt::join(parts, "," + margin + "  "), margin, close);
}

}  // namespace

std::string whole(std::string_view pattern) { return fmt::format("^(?:{})$", pattern); }

std::string literal(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view{R"(\^$.|?*+()[]{}/)"}.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

std::string one_of(const std::vector<std::string>& each) { return fmt::format("(?:{})", fmt::join(each, "|")); }

JsonObject document(std::string_view title, std::string_view description) {
  return {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}, {"description", description}};
}

JsonObject text_like(std::string_view pattern) { return {{"type", "string"}, {"pattern", whole(pattern)}}; }

JsonObject reference(std::string_view definition) { return {{"$ref", fmt::format("#/definitions/{}", definition)}}; }

JsonObject closed(JsonObject properties) {
  JsonObject schema{{"type", "object"}, {"additionalProperties", false}};
  schema["properties"] = std::move(properties);
  return schema;
}

JsonObject described(JsonObject schema, std::string_view description) {
  if (description.empty()) return schema;
  JsonObject whole_schema{{"description", description}};
  // A draft 7 reader sees nothing beside a $ref.
  if (schema.contains("$ref")) {
    whole_schema["allOf"] = JsonArray{std::move(schema)};
    return whole_schema;
  }
  return with(std::move(whole_schema), schema);
}

JsonObject with(JsonObject schema, const JsonObject& more) {
  for (const auto& member : more) schema[member.key()] = member.value();
  return schema;
}

JsonArray strings(std::span<const std::string> texts) {
  JsonArray array;
  for (const auto& text : texts) array.emplace_back(text);
  return array;
}

JsonObject scalar() { return {{"type", JsonArray{"string", "number", "boolean"}}}; }

JsonObject filled_scalar() { return with(scalar(), {{"minLength", 1}}); }

JsonObject time_or_seconds() {
  return {{"type", JsonArray{"string", "number"}}, {"pattern", whole(duration_pattern())}, {"minimum", 0}};
}

JsonObject yaml_integer(std::optional<int> least, std::optional<int> most) {
  JsonObject schema{{"type", JsonArray{"integer", "string"}}};
  if (least) schema["minimum"] = *least;
  if (most) schema["maximum"] = *most;
  schema["pattern"] = !least ? "^-?[0-9]+$" : *least > 0 ? "^0*[1-9][0-9]*$" : "^[0-9]+$";
  return schema;
}

std::string pretty(const Json& json) { return written(json, 0, 0) + "\n"; }

}  // namespace quasimodem::app::schema
