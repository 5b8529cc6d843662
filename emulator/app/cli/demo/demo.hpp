// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem demo [ACT]`: a session of a host with a module and its network, side by side, offline. Gives the exit
/// code. Throws Problem.
int demo(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_demo();

}  // namespace quasimodem::app
