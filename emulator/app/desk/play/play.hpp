// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/desk/play/play_options.hpp"

namespace quasimodem::app {

/// `quasimodem play FILE…`: plays transcripts and traces against a module in memory or, with a port, against whatever
/// is at the other end of that line. Prints a report of each and gives the exit code: 1 when one of them differed.
/// Throws Problem.
int play(const PlayOptions& options);

}  // namespace quasimodem::app
