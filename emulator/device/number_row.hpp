// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace quasimodem::device {

/// A number, flag or enumeration among settings, under the name that records and snapshots give it.
template <class Settings>
struct NumberRow {
  std::string_view name;
  int (*get)(const Settings&);
  void (*set)(Settings&, int);
  int lowest;
  int highest;
};

template <auto Member, class Settings, class Value>
constexpr NumberRow<Settings> row_of(Value Settings::*, std::string_view name, int lowest, int highest) {
  return {name, [](const Settings& settings) { return static_cast<int>(settings.*Member); },
          [](Settings& settings, int value) { settings.*Member = static_cast<Value>(value); }, lowest, highest};
}
template <auto Member>
constexpr auto number_row(std::string_view name, int lowest, int highest) {
  return row_of<Member>(Member, name, lowest, highest);
}

/// A text among them.
template <class Settings>
struct TextRow {
  std::string_view name;
  std::string Settings::*text;
};

}  // namespace quasimodem::device
