// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/timing.hpp"

namespace quasimodem::test {

/// The figures of profiles/lab.toml, for tests of what happens while the module takes its time.
inline const device::Timing kLab{.name = "lab",
                                 .uart_paced = true,
                                 .command = 5ms,
                                 .boot = 300ms,
                                 .sim_start = 200ms,
                                 .call_ready = 1s,
                                 .registration = 1s,
                                 .attach = 300ms,
                                 .activate = 500ms,
                                 .deactivate = 200ms,
                                 .round_trip = 100ms,
                                 .message_part = 500ms,
                                 .report = 1s,
                                 .tls_plain = 200ms,
                                 .tls_server = 300ms,
                                 .tls_mutual = 500ms};

}  // namespace quasimodem::test
