// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem ctl [--to NAME|PATH] METHOD [key=value…] [--json]`; returns the exit code. Throws Problem.
int ctl(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_ctl();

/// `quasimodem wait [--to NAME|PATH] [--timeout DURATION]`: until a module is there and hears its UART; 124 when it is
/// not in time.
int wait_until_ready(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_wait();

}  // namespace quasimodem::app
