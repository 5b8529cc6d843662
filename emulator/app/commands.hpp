// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem [COMMAND] …`: does what the command line says and returns the exit code. Throws Problem.
int start(std::vector<std::string> arguments);

}  // namespace quasimodem::app
