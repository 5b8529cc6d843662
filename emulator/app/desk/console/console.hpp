// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/desk/console/console_options.hpp"

namespace quasimodem::app {

/// `quasimodem console`: joins this terminal, or a pipe, and the UART of a module. Gives the exit code. Throws Problem;
/// the terminal is then as it was.
int console(const ConsoleOptions& options);

}  // namespace quasimodem::app
