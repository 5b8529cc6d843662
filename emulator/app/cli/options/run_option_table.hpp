// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

/// The options of `run`, those of its module among them, in the order of the help.
OptionTable run_option_table();
/// Null when there is none of that name.
inline const Option* run_option(std::string_view name) { return named(run_option_table(), name); }

/// Takes the values over in the order of the table. Throws Problem, which names the place.
void take_settings(const Settings& settings, RunOptions& options);

}  // namespace quasimodem::app
