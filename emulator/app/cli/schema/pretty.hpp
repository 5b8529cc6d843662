// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/base/json.hpp"

namespace quasimodem::app::schema {

/// JSON to be read by people: two blanks for each level, short lists and objects on one line.
std::string pretty(const Json& json);

}  // namespace quasimodem::app::schema
