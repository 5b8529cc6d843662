// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "atcmd/syntax/command_line.hpp"
#include "atcmd/syntax/meaning.hpp"

namespace quasimodem::atcmd {

/// One parameter of a write command: name, allowed values and what they mean, and where its value goes. Built at
/// compile time by `integer<&Args::member>(…)`, `choice<&Args::member>(…)` and `text<&Args::member>(…)`.
struct Param {
  enum class Kind { integer, text };
  enum class Shown { by_name, as_range, literally };

  std::string_view name;
  Kind kind = Kind::integer;
  std::int64_t lowest = 0;  ///< of the value, or of the text's length
  std::int64_t highest = 0;
  std::span<const int> allowed{};  ///< when not every value of the range is
  std::span<const Meaning> meanings{};
  bool only_these = false;       ///< the meanings are all there are; of words the handler says so
  std::string_view described{};  ///< where values are explained, instead of a length
  bool may_be_omitted = false;
  std::optional<std::int64_t> default_value{};
  Shown shown = Shown::by_name;
  std::string_view literal{};
  void (*store_integer)(void* arguments, std::int64_t value) = nullptr;
  void (*store_text)(void* arguments, std::string_view value) = nullptr;

 private:
  template <class Value>
  constexpr Param with(Value Param::*member, std::type_identity_t<Value> value) const {
    Param param = *this;
    param.*member = value;
    return param;
  }

 public:
  /// May be left out; the member keeps its initial value, or takes `value`.
  constexpr Param optional() const { return with(&Param::may_be_omitted, true); }
  constexpr Param optional(std::int64_t value) const { return optional().with(&Param::default_value, value); }
  /// In the test response: `(0-5)`, or `(0,1)` for two neighbours, instead of `<name>`.
  constexpr Param as_range() const { return with(&Param::shown, Shown::as_range); }
  /// In the test response: an oddity of the manual, word for word.
  constexpr Param shown_as(std::string_view text) const {
    return with(&Param::shown, Shown::literally).with(&Param::literal, text);
  }
  constexpr Param among(std::span<const int> values) const { return with(&Param::allowed, values); }
  constexpr Param meaning(std::span<const Meaning> values) const { return with(&Param::meanings, values); }
  constexpr Param only(std::span<const Meaning> values) const { return meaning(values).with(&Param::only_these, true); }
  constexpr Param described_as(std::string_view text) const { return with(&Param::described, text); }
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

template <auto Member>
constexpr Param stored_in(Param param) {
  using Owner = typename MemberOf<decltype(Member)>::Owner;
  using Value = typename Unwrapped<typename MemberOf<decltype(Member)>::Type>::Type;
  if constexpr (std::is_integral_v<Value> || std::is_enum_v<Value>) {
    param.store_integer = &Store<Owner, Value, Member>::integer;
  } else {
    param.store_text = &Store<Owner, Value, Member>::text;
  }
  return param;
}

}  // namespace detail

// What a handler reads for itself has a name and a range, and no member.

constexpr Param integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  return {.name = name, .kind = Param::Kind::integer, .lowest = lowest, .highest = highest};
}

/// The range is that of the meanings, which are in order; where they leave one out, it is not allowed.
constexpr Param choice(std::string_view name, std::span<const Meaning> meanings) {
  const auto param = integer(name, meanings.front().number, meanings.back().number);
  const bool gaps = param.highest - param.lowest + 1 != static_cast<std::int64_t>(meanings.size());
  return gaps ? param.only(meanings) : param.meaning(meanings);
}

constexpr Param text(std::string_view name, std::int64_t shortest, std::int64_t longest) {
  return {.name = name, .kind = Param::Kind::text, .lowest = shortest, .highest = longest};
}

/// A decimal number, quoted or not. The member may be an integer, an enumeration, or a std::optional of one.
template <auto Member>
constexpr Param integer(std::string_view name, std::int64_t lowest, std::int64_t highest) {
  return detail::stored_in<Member>(integer(name, lowest, highest));
}
template <auto Member>
constexpr Param choice(std::string_view name, std::span<const Meaning> meanings) {
  return detail::stored_in<Member>(choice(name, meanings));
}

/// Text, quoted or not, of a length in octets. The member may be a string, a string_view, or a std::optional of one.
template <auto Member>
constexpr Param text(std::string_view name, std::int64_t shortest, std::int64_t longest) {
  return detail::stored_in<Member>(text(name, shortest, longest));
}

struct InvalidParameter {};

/// A whole decimal number and nothing else.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Whether the value has the type and the range of the parameter.
bool takes(const Param& param, const Argument& argument);

/// `0–5`, `0, 1, 4`, `1–80 characters`: what `takes` takes, with `dash` between lowest and highest.
std::string allowed_values(const Param& param, std::string_view dash);

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
