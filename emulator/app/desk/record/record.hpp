// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/desk/record/record_options.hpp"

namespace quasimodem::app {

/// `quasimodem record`: passes bytes between a host and a real module until it is told to end, and writes a trace of
/// them. Gives the exit code. Throws Problem.
int record(const RecordOptions& options);

}  // namespace quasimodem::app
