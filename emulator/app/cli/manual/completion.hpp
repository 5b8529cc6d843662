// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// A script of shells/, as it was when the program was built.
struct CompletionScript {
  std::string_view shell;  ///< `bash`
  std::string_view text;
};
std::span<const CompletionScript> completion_scripts();

/// `quasimodem completion SHELL` prints the script; `completion words WORD…` is what the scripts ask. Returns the exit
/// code. Throws Problem.
int completion(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_completion();

}  // namespace quasimodem::app
