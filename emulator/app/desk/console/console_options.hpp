// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

/// What `quasimodem console` is asked to do.
struct ConsoleOptions {
  std::optional<std::string> to;          ///< a name, a path or a URL; none: the only module that runs
  int baud = 115200;                      ///< of a device
  std::chrono::milliseconds quiet{1000};  ///< input from a pipe: the module has said all after so long a silence
};

struct ConsoleInvocation {
  std::optional<ConsoleOptions> console;
  std::string text;  ///< help, when that was asked for
};

/// Throws Problem.
ConsoleInvocation read_console_options(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_console();

}  // namespace quasimodem::app
