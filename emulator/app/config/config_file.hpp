// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

/// Adds what the text of a configuration file says; it can say what is in the table, and `source` stands in the
/// messages. Throws Problem: a key that does not exist, a value of the wrong type; with file, line and what stands
/// there.
void parse_configuration(std::string_view text, const std::string& source, OptionTable table, Settings& settings);

}  // namespace quasimodem::app
