// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/run_options.hpp"

namespace quasimodem::app {

/// `quasimodem run`: until SIGINT or SIGTERM, or until the command after `--` has ended. Returns the exit code; throws
/// Problem.
int run(RunOptions options);

}  // namespace quasimodem::app
