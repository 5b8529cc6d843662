// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "emulator/app/cli/options/environment.hpp"
#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

/// Adds what the configuration file says: the one that is named, else `./quasimodem.toml`, else the user's own in
/// $XDG_CONFIG_HOME; without any of them nothing. Throws Problem: a file that cannot be read, a key that does not
/// exist, a value of the wrong type; with file, line and what stands there. Gives the file that it has read.
std::optional<std::string> read_configuration(const std::optional<std::string>& named, const Environment& environment,
                                              Settings& settings);

}  // namespace quasimodem::app
