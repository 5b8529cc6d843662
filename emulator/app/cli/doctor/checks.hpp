// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {

// Each does what a module would do, and undoes it.

/// A pty as `run` makes it: raw, and every byte value passes both ways.
Finding check_pty();
/// Tells the pty that a host has come.
Finding check_inotify();
Finding check_runtime_directory();
/// The directory of the default module; it is not made when it is not there.
Finding check_state_directory();
/// Listens and connects on the loopback interface.
Finding check_tcp();
Finding check_udp();
/// Whether there is a way out of this machine. Sends nothing.
Finding check_route();
Finding check_key_log();

}  // namespace quasimodem::app
