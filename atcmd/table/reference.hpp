// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "atcmd/table/command_table.hpp"

namespace quasimodem::atcmd {

/// A module and its bit in `Command::models`.
struct ModelName {
  std::uint32_t bit;
  std::string_view name;
  std::uint32_t sibling = 0;  ///< the bit of the module whose commands it has besides; 0 for none
};

/// COMMANDS.md: every command with its forms, parameters, ranges, source and modules, as Markdown. In brackets stand
/// modules that no entry names, only their sibling.
std::string reference_page(std::span<const Family> families, std::span<const ModelName> models);

}  // namespace quasimodem::atcmd
