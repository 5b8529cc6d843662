// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/base/json.hpp"

namespace quasimodem::app::control {

/// A result for people: `name  value` lines, indented; records of the journal one on a line.
std::string result_text(const Json& result);
/// `    1.234567 uart.rx  text=AT\r`
std::string record_text(const Json& record);

}  // namespace quasimodem::app::control
