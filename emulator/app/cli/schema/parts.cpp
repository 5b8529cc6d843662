// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/schema/parts.hpp"

#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"

namespace quasimodem::app::schema {

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

}  // namespace quasimodem::app::schema
