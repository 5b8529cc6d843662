// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/schema/pretty.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/json_text.hpp"

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

std::string pretty(const Json& json) { return written(json, 0, 0) + "\n"; }

}  // namespace quasimodem::app::schema
