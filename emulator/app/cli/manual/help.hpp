// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::app {

/// `quasimodem help [TOPIC]`; returns the exit code. Throws Problem.
int help(const std::vector<std::string>& arguments);

}  // namespace quasimodem::app
