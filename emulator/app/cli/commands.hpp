// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem [COMMAND] …`: does what the command line says and returns the exit code. Throws Problem.
int start(const std::vector<std::string>& arguments);

/// What the help of the program says of its commands.
struct CommandSummary {
  std::string_view name;
  std::string_view summary;
};
std::vector<CommandSummary> command_summaries();

/// What the command of this name takes.
Declaration declaration_of(std::string_view name);

}  // namespace quasimodem::app
