// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// `quasimodem config show` and `quasimodem config check`. Gives the exit code; throws Problem.
int config(const std::vector<std::string>& arguments);
/// What it takes.
Declaration declare_config();

}  // namespace quasimodem::app
