// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "atcmd/table/command.hpp"

namespace quasimodem::atcmd {

/// A family of commands in the order of its manual, as its file declares them.
struct Family {
  std::string_view title;
  std::span<const Command> commands;
};

/// Refuses to compile a family that names a command twice: `static_assert(names_are_unique(kCommands))`.
constexpr bool names_are_unique(std::span<const Command> commands) {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    for (std::size_t j = i + 1; j < commands.size(); ++j) {
      if (commands[i].name == commands[j].name) return false;
    }
  }
  return true;
}

/// All commands of one module, found by name.
class CommandTable {
 public:
  /// `model` is the bit that `Command::models` must have.
  CommandTable(std::span<const Family> families, std::uint32_t model);

  const Command* find(std::string_view name) const;
  /// Carries out the form that was typed; unknown commands and missing forms are answered here.
  Reply run(Call& call, const CommandCall& typed) const;

 private:
  std::vector<const Command*> by_name_;
};

}  // namespace quasimodem::atcmd
