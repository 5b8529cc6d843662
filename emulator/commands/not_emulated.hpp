// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "atcmd/syntax/meaning.hpp"

namespace quasimodem::commands {

/// Commands of the modules that this program does not have, by the beginning of their names.
struct NotEmulated {
  std::string_view beginning;
  std::string_view meaning;
  std::string_view manual;
  std::span<const atcmd::Line> lines{};  ///< what real modules say then
};
std::span<const NotEmulated> not_emulated();

}  // namespace quasimodem::commands
