// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "atcmd/syntax/command_line.hpp"

namespace quasimodem::atcmd {

/// One parameter of a write command: name, allowed values, and where its value goes. Built at compile time by
/// `integer<&Args::member>(…)` and `text<&Args::member>(…)`.
struct Param {
  enum class Kind { integer, text };
  enum class Shown { by_name, as_range, literally };

  std::string_view name;
  Kind kind = Kind::integer;
  std::int64_t lowest = 0;  ///< of the value, or of the text's length
  std::int64_t highest = 0;
  std::span<const int> allowed{};  ///< when not every value of the range is
  bool may_be_omitted = false;
  std::optional<std::int64_t> default_value{};
  Shown shown = Shown::by_name;
  std::string_view literal{};
  void (*store_integer)(void* arguments, std::int64_t value) = nullptr;
  void (*store_text)(void* arguments, std::string_view value) = nullptr;

  /// May be left out; the member keeps its initial value, or takes `value`.
  constexpr Param optional() const {
    Param param = *this;
    param.may_be_omitted = true;
    return param;
  }
  constexpr Param optional(std::int64_t value) const {
    Param param = optional();
    param.default_value = value;
    return param;
  }
  /// In the test response: `(0-5)`, or `(0,1)` for two neighbours, instead of `<name>`.
  constexpr Param as_range() const {
    Param param = *this;
    param.shown = Shown::as_range;
    return param;
  }
  /// In the test response: an oddity of the manual, word for word.
  constexpr Param shown_as(std::string_view text) const {
    Param param = *this;
    param.shown = Shown::literally;
    param.literal = text;
    return param;
  }
  constexpr Param among(std::span<const int> values) const {
    Param param = *this;
    param.allowed = values;
    return param;
  }
};

namespace detail {

template <class T>
struct MemberOf;
template <class Class, class T>
struct MemberOf<T Class::*> {
  using Owner = Class;
  using Type = T;
};

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};

/// Named functions and not lambdas: argument structures of different files may have the same name in their unnamed
/// namespaces, and g++ 12 gives a lambda that depends on a pointer to member of such a class one symbol for all of
/// them.
template <class Owner, class Value, auto Member>
struct Store {
  static void integer(void* arguments, std::int64_t value) {
    static_cast<Owner*>(arguments)->*Member = static_cast<Value>(value);
  }
  static void text(void* arguments, std::string_view value) { static_cast<Owner*>(arguments)->*Member = Value{value}; }
};

}  // namespace detail

/// A decimal number, quoted or not. The member may be an integer, an enumeration, or a std::optional of one.
template <auto Member>
constexpr Param integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  using Owner = typename detail::MemberOf<decltype(Member)>::Owner;
  using Value = typename detail::Unwrapped<typename detail::MemberOf<decltype(Member)>::Type>::Type;
  return {.name = name,
          .kind = Param::Kind::integer,
          .lowest = lowest,
          .highest = highest,
          .store_integer = &detail::Store<Owner, Value, Member>::integer};
}

/// Text, quoted or not, of a length in octets. The member may be a string, a string_view, or a std::optional of one.
template <auto Member>
constexpr Param text(std::string_view name, std::int64_t shortest, std::int64_t longest) {
  using Owner = typename detail::MemberOf<decltype(Member)>::Owner;
  using Value = typename detail::Unwrapped<typename detail::MemberOf<decltype(Member)>::Type>::Type;
  return {.name = name,
          .kind = Param::Kind::text,
          .lowest = shortest,
          .highest = longest,
          .store_text = &detail::Store<Owner, Value, Member>::text};
}

struct InvalidParameter {};

/// A whole decimal number and nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Checks count, type and range of `arguments` and stores them through `params` into `target`.
enum class Surplus { refused, ignored };
tl::expected<void, InvalidParameter> store_arguments(std::span<const Param> params, std::span<const Argument> arguments,
                                                     void* target, Surplus surplus = Surplus::refused);

template <class Args>
tl::expected<Args, InvalidParameter> arguments_as(std::span<const Param> params, std::span<const Argument> arguments,
                                                  Surplus surplus = Surplus::refused) {
  Args target{};
  if (const auto bound = store_arguments(params, arguments, &target, surplus); !bound)
    return tl::unexpected{bound.error()};
  return target;
}

/// `<ssid>,<ctxindex>[,<timeout>]`
std::string shown(std::span<const Param> params);

}  // namespace quasimodem::atcmd
