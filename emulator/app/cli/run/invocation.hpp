// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/cli/options/environment.hpp"
#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

struct RunOptions;

/// What to do after the command line was read.
struct Invocation {
  std::shared_ptr<RunOptions> run;           ///< none: there is nothing to run
  Settings settings;                         ///< where each of them comes from
  std::vector<std::string> warnings;         ///< what was said and means nothing
  std::optional<std::string> configuration;  ///< the file that was read
  std::string text;                          ///< --help, --version: to be printed, then exit 0
};

/// What stands before the `--` and what after it. Throws Problem when there is nothing after it.
std::pair<std::vector<std::string>, std::vector<std::string>> split_command(const std::vector<std::string>& arguments);

/// Adds to what flags say what the variables and the configuration file say. Throws Problem with ExitCode::usage.
Invocation read_settings(Settings flags, std::vector<std::string> command, const Environment& environment);

/// Reads the command line, the variables and the configuration file. Throws Problem with ExitCode::usage.
Invocation read_command_line(const std::vector<std::string>& arguments,
                             const Environment& environment = process_environment());
/// What the command line can hold.
Declaration declare_run();

/// `quasimodem run`: until SIGINT or SIGTERM, or until the command after `--` has ended. SIGHUP asks `read_again` what
/// the configuration says now. `invocation` is one with options. Returns the exit code; throws Problem.
int run(Invocation invocation, const std::function<Invocation()>& read_again);

}  // namespace quasimodem::app
