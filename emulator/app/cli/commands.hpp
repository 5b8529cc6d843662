// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/declaration.hpp"

namespace quasimodem::app {

using Arguments = std::vector<std::string>;

/// `quasimodem [COMMAND] …`: does what the command line says and returns the exit code. Throws Problem.
int start(const Arguments& arguments);

/// What the help of the program says of its commands.
struct CommandSummary {
  std::string_view name;
  std::string_view summary;
};
std::vector<CommandSummary> command_summaries();

/// What the command of this name takes.
Declaration declaration_of(std::string_view name);

/// What a command does with the words behind its name, and what they can be.
struct Verb {
  int (*start)(const Arguments& arguments);  ///< gives the exit code; throws Problem
  Declaration (*declare)();
};

/// All that is left to do for a command whose answer is a text.
inline int printed(std::string_view text) {
  fmt::print("{}", text);
  return static_cast<int>(ExitCode::ok);
}

/// Of a command whose words are the members of `Words`: `line()` declares them, `run()` does what they say.
template <class Words>
Verb verb() {
  return {[](const Arguments& arguments) {
            Words words;
            const auto help = words.line().read(arguments);
            return help ? printed(*help) : words.run();
          },
          [] { return Words{}.line().declaration(); }};
}

// The commands of this folder.
Verb completion_command();
Verb config_command();
Verb ctl_command();
Verb demo_command();
Verb explain_command();
Verb help_command();
Verb man_command();
Verb schema_command();
Verb wait_command();

}  // namespace quasimodem::app
