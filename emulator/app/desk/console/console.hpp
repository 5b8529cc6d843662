// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem console`: joins this terminal, or a pipe, and the UART of a module. Gives the exit code. Throws Problem;
/// the terminal is then as it was.
int console(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_console();

}  // namespace quasimodem::app
