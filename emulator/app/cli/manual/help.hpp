// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem help [TOPIC]`; returns the exit code. Throws Problem.
int help(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_help();

}  // namespace quasimodem::app
