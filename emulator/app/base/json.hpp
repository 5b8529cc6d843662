// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>
#include <tl/expected.hpp>

namespace quasimodem::app {

// Boost.JSON itself; its code is compiled once, in json.cpp. Beware of braces: Json{x} is an array that holds x, and
// Json(x) is x.
using Json = boost::json::value;
using JsonArray = boost::json::array;
using JsonObject = boost::json::object;

/// The member of an object; null when this is no object or has none of that name.
const Json* find_member(const Json& json, std::string_view name);
/// What a string says, for as long as it lives; nothing when this is no string.
std::optional<std::string_view> text_of(const Json& json);
/// The same of a member; nothing when there is none of that name either.
std::optional<std::string_view> member_text(const Json& json, std::string_view name);

/// On one line, without blanks.
std::string to_text(const Json& json);

/// Reads one JSON value of bounded depth, in whose objects no name stands twice; the error says what is wrong.
/// Whole numbers are int64 or, where they do not fit, double.
tl::expected<Json, std::string> parse_json(std::string_view text);

/// A JSON string with its quotes. What is not UTF-8 becomes U+FFFD.
std::string json_string(std::string_view text);

}  // namespace quasimodem::app
