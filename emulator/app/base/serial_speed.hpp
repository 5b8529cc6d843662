// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <termios.h>

namespace quasimodem::app {

/// Bit/s of a termios speed code; 0 when it is none of a serial line.
int rate_of(speed_t speed);
/// And back.
std::optional<speed_t> speed_of(int rate);

}  // namespace quasimodem::app
