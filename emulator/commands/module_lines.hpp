// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quasimodem::commands {

/// A line that the module prints of its own accord or as a result, for `quasimodem explain`. `<name>` stands for a
/// value, `[…]` for what may be missing.
struct ModuleLine {
  std::string_view pattern;
  std::string_view kind;
  std::string_view meaning;
  std::string_view source;  ///< the command it belongs to, whose entry names the manual; or the manual itself
};

/// What a value of the field with that name means.
struct ValueMeaning {
  std::string_view field;
  std::string_view value;
  std::string_view meaning;
};

/// In this order: the first that fits counts.
std::span<const ModuleLine> module_lines();
std::span<const ValueMeaning> value_meanings();

}  // namespace quasimodem::commands
