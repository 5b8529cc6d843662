// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace quasimodem::app {

/// A JSON value. Small on purpose: the library that reads JSON stays in one file.
struct Json {
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  ///< in the order of writing

  Json() = default;
  Json(std::nullptr_t) {}
  Json(bool flag) : value{flag} {}
  Json(double number) : value{number} {}
  template <class Integer>
  requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>) Json(Integer number)
      : value{static_cast<std::int64_t>(number)} {}
  Json(const char* text) : value{std::string{text}} {}
  Json(std::string_view text) : value{std::string{text}} {}
  Json(std::string text) : value{std::move(text)} {}
  Json(Array array) : value{std::move(array)} {}
  Json(Object object) : value{std::move(object)} {}

  /// The member of an object; null when this is no object or has none of that name.
  const Json* find(std::string_view name) const;
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }

  bool operator==(const Json&) const = default;

  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value = nullptr;
};

/// On one line, without blanks.
std::string to_text(const Json& json);

/// Reads one JSON value of bounded depth, in whose objects no name stands twice; the error says what is wrong.
tl::expected<Json, std::string> parse_json(std::string_view text);

}  // namespace quasimodem::app
