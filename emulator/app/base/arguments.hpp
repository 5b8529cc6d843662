// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/suggestion.hpp"
#include "core/whole_number.hpp"
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

/// The row of a table that has this name; null when none has.
template <class Table>
auto* named(const Table& table, std::string_view name) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

/// What the rows of a table are called.
template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

/// The parts of `a,b,c`.
std::vector<std::string> split(const std::string& list, char separator = ',');

}  // namespace quasimodem::app
