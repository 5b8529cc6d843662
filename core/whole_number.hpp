// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace quasimodem {

/// A number in decimal digits, when the text is nothing else and the type can hold it.
template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto* const end = text.data() + text.size();
  const auto [read_to, problem] = std::from_chars(text.data(), end, number);
  return problem == std::errc{} && read_to == end ? std::optional{number} : std::nullopt;
}

}  // namespace quasimodem
