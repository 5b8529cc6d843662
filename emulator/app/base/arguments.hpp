// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/suggestion.hpp"
#include "emulator/app/base/color.hpp"

namespace quasimodem::device {
enum class Model : std::uint8_t;
}

namespace quasimodem::app {

/// A wrong use of the command line.
[[noreturn]] void usage(const std::string& what, const std::string& way_out = "see: quasimodem --help");

/// What `1`, `true`, `yes` and `on` say, and `0`, `false`, `no` and `off`; nothing for any other word.
std::optional<bool> truth(std::string_view word);

/// The value of --color.
ColorChoice read_color(const std::string& text);

/// The value of --model.
device::Model read_model(const std::string& text);

/// A number in decimal digits, when the text is nothing else.
template <class Number>
std::optional<Number> whole_number(const std::string& text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The parts of `a,b,c`.
std::vector<std::string> split(const std::string& list, char separator = ',');

}  // namespace quasimodem::app
