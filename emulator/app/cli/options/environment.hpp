// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/base/process/child.hpp"
#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

/// The variables of this process.
Environment process_environment();
/// The value of a variable; empty when it is not set.
std::string variable_in(const Environment& environment, const std::string& name);

/// Adds what QUASIMODEM_* variables say; an empty one says nothing, and those that `run --` sets for its command are
/// no options. Gives a warning for each that nobody knows. Throws Problem.
std::vector<std::string> read_environment(const Environment& environment, Settings& settings);

}  // namespace quasimodem::app
