// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/console/console_options.hpp"

#include <fmt/core.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/command_line.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem console [--to NAME|PATH|URL]
)";

constexpr const char* kFooter =
    R"(Every key goes to the module as it is, whatever the module says appears. Ctrl-] ends the console.

From a pipe the lines are sent one by one, each when the one before has its final result code or a prompt, or after a
silence; LF is sent as CR. After the last it ends once the module is quiet:
  printf 'ATI\nAT+CSQ\n' | quasimodem console

A module of this program is found by its name or the link of its UART; without --to it is the only one that runs. A
device (/dev/ttyUSB0), tcp:HOST:PORT, rfc2217:HOST:PORT or unix:PATH lead to any other.

Exit codes: 0 ended, 2 usage, 3 environment (no module, no permission, the module is gone).)";

struct ConsoleWords {
  ConsoleOptions options{};
  std::string quiet = "1s";

  CommandLine line() {
    CommandLine line{{.name = "quasimodem console",
                      .description = "Talk AT to a module from this terminal.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.option("--to", options.to, "NAME|PATH|URL", "which module");
    line.option("--baud", options.baud, "RATE", "rate of a device; default 115200");
    line.option("--quiet", quiet, "DURATION",
                "input from a pipe: so long a silence of the module ends its answer; default 1s");
    return line;
  }
};

}  // namespace

Declaration declare_console() {
  ConsoleWords words;  // by name: g++ 12 warns of one without
  return words.line().declaration();
}

ConsoleInvocation read_console_options(const std::vector<std::string>& arguments) {
  ConsoleWords words;
  auto& [options, quiet] = words;
  if (auto help = words.line().read(arguments)) return {.console = {}, .text = std::move(*help)};
  const auto silence = parse_duration(quiet);
  if (!silence) usage(fmt::format("--quiet {}: not a duration", quiet), fmt::format("use {}", kDurationForm));
  options.quiet = std::chrono::ceil<std::chrono::milliseconds>(*silence);
  return {.console = std::move(options), .text = {}};
}

}  // namespace quasimodem::app
