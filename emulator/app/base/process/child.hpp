// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace quasimodem::app {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// Whether `run --` sets this variable for its command: QUASIMODEM_TTY, QUASIMODEM_TTY_0, ….
bool names_an_endpoint(std::string_view variable);

/// Starts a program with these variables added to our environment. Throws Problem: 127 not found, 126 not startable.
pid_t start_child(const std::vector<std::string>& command, const Environment& additions);

/// What a shell would call the outcome: the exit code, or 128 + signal.
int shell_exit_code(int wait_status);

}  // namespace quasimodem::app
