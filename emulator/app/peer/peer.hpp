// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emulator/app/peer/peer_options.hpp"

namespace quasimodem::app {

/// `quasimodem peer`: a test server, until SIGINT or SIGTERM. Returns the exit code; throws Problem.
int peer(const PeerOptions& options);

}  // namespace quasimodem::app
