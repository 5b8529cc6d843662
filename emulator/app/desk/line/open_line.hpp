// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/desk/line/line_address.hpp"

namespace quasimodem::app {

/// Opens a line as its host: a device raw, at its rate and locked, a socket connected. The descriptor does not block
/// and is the caller's. Throws Problem with ExitCode::environment.
int open_line(const LineAddress& address);

}  // namespace quasimodem::app
