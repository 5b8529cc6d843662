// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/base/json.hpp"
#include "emulator/app/control/method.hpp"

namespace quasimodem::app::schema {

// ---- regular expressions, ECMA 262 as far as Python's are the same ----

inline constexpr std::string_view kAnyText = R"([\s\S]*)";
inline constexpr std::string_view kPlainNumber = R"((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))";

std::string whole(std::string_view pattern);               ///< `^(?:…)$`
std::string literal(std::string_view text);                ///< stands for itself
std::string one_of(const std::vector<std::string>& each);  ///< `(?:a|b)`, of patterns

// ---- schemas ----

/// The head of a document.
JsonObject document(std::string_view title, std::string_view description);
JsonObject text_like(std::string_view pattern);  ///< a string that is like it as a whole
JsonObject reference(std::string_view definition);
/// An object that has these members and no others.
JsonObject closed(JsonObject properties);
/// `schema` with a description, when there is one.
JsonObject described(JsonObject schema, std::string_view description);
/// `schema` and the members of `more`, which win.
JsonObject with(JsonObject schema, const JsonObject& more);

JsonArray strings(std::span<const std::string> texts);

// In YAML (and times in TOML) `5`, `true` and `AT` are all texts to the program, and numbers, truth values and strings
// to a schema.

JsonObject scalar();         ///< any text, which may be empty
JsonObject filled_scalar();  ///< a text that is not empty
/// A time; a number alone is seconds.
JsonObject time_or_seconds();
/// A whole number in YAML, from `least`.
JsonObject yaml_integer(std::optional<int> least, std::optional<int> most = std::nullopt);

// ---- faults and methods ----

/// What a fault is as a line of text; says nothing of what is no string.
JsonObject fault_line();
/// What it is as a map with `name`; says nothing of what is no object.
JsonObject fault_map();
/// All names, `all` first when that is wanted.
JsonArray fault_names(bool all = false);

/// What stands behind a method of the control socket as a step of a scenario: nothing, a word as for `quasimodem ctl`,
/// a list of such words, or a map. Refers to the definition `flag`.
JsonObject method_schema(const control::Method& method);
/// A member of such a map that is true or false; null is a flag alone: `power: {key: }`.
JsonObject flag_schema();

}  // namespace quasimodem::app::schema
