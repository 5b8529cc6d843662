// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/same_word.hpp"

namespace quasimodem::atcmd {

/// What one value means: of a parameter, or of a field in a line of the module.
struct Meaning {
  constexpr Meaning(int value, std::string_view meaning) : number{value}, text{meaning} {}
  constexpr Meaning(std::string_view value, std::string_view meaning) : word{value}, text{meaning} {}

  /// As it is typed and said.
  std::string value() const { return word.empty() ? std::to_string(number) : std::string{word}; }

  int number = 0;
  std::string_view word{};  ///< empty: the value is the number
  std::string_view text;
};

/// Empty when the value speaks for itself. Words are compared as commands are, whatever their case.
inline std::string_view meaning_of(std::span<const Meaning> meanings, std::string_view value) {
  for (const auto& known : meanings) {
    if (same_word(known.value(), value)) return known.text;
  }
  return {};
}

/// A line that the module says: a URC, a result, an information response with a form of its own.
struct Line {
  enum Kind { result, response, urc, error, prompt };

  std::string_view pattern;  ///< `<name>` is a field, `[…]` may be missing
  Kind kind = urc;
  std::string_view meaning;
  std::string_view manual{};  ///< when it is not the section of the command
  std::string_view field{};   ///< whose values mean something, beside those called like a parameter of the command
  std::span<const Meaning> meanings{};
};

}  // namespace quasimodem::atcmd
