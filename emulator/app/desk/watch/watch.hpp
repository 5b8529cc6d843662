// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem watch`: what a running module does, live, for people; until the module ends, Ctrl-C, or nobody reads it
/// any more. Gives the exit code. Throws Problem.
int watch(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_watch();

}  // namespace quasimodem::app
