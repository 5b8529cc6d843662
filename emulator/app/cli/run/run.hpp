// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "emulator/app/cli/run/run_options.hpp"

namespace quasimodem::app {

/// `quasimodem run`: until SIGINT or SIGTERM, or until the command after `--` has ended. SIGHUP asks `read_again` what
/// the configuration says now. `invocation` is one with options. Returns the exit code; throws Problem.
int run(Invocation invocation, const std::function<Invocation()>& read_again);

}  // namespace quasimodem::app
