// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/app/color.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}

namespace quasimodem::app {

/// Reads command line arguments into what `app` declares. Gives the help when that was asked for. Throws Problem with
/// ExitCode::usage; for an option or command that does not exist it suggests one that does.
std::optional<std::string> read_arguments(CLI::App& app, std::vector<std::string> arguments,
                                          const std::vector<std::string>& commands = {});

/// What the help shows as "Usage", instead of CLI11's own line.
void set_usage(CLI::App& app, std::string lines);

/// A wrong use of the command line.
[[noreturn]] void usage(const std::string& what, const std::string& way_out = "see: quasimodem --help");

/// `; did you mean "WORD"?` when one of `words` is near enough, else nothing.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& words);

/// The value of --color.
ColorChoice read_color(const std::string& text);

/// The parts of `a,b,c`.
std::vector<std::string> split(const std::string& list, char separator = ',');

}  // namespace quasimodem::app
