// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "emulator/app/control/method.hpp"

namespace quasimodem::app::control {

/// One method as the answer to `help`.
Json described(const Method& method);
/// What `quasimodem ctl help` prints: all methods, or everything about one.
std::string help_text();
std::string help_text(const Method& method);
/// The table in docs/control.md.
std::string reference_table();

}  // namespace quasimodem::app::control
