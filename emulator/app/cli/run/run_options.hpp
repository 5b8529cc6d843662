// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/app/base/process/spdlog_sink.hpp"
#include "emulator/app/config/module_options.hpp"
#include "emulator/app/desk/uart_watch.hpp"

namespace quasimodem::app {

namespace scenario {
struct Scenario;
}

/// What `quasimodem run` was asked for, checked.
struct RunOptions : ModuleOptions {
  bool json = false;                             ///< the ready line as an object
  std::optional<std::filesystem::path> key_log;  ///< --keylog or SSLKEYLOGFILE
  std::optional<int> ready_fd;
  std::optional<std::filesystem::path> trace;
  Expectations expectations;
  std::shared_ptr<const scenario::Scenario> scenario;  ///< --scenario; may be none
  std::optional<std::filesystem::path> junit;          ///< where the scenario's result goes
  int verbose = 0;                                     ///< -v, how often
  bool quiet = false;
  LogStyle log;                      ///< its level is what comes of these two
  std::vector<std::string> command;  ///< after `--`
};

}  // namespace quasimodem::app
