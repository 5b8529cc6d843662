// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/desk/record/record.hpp"

namespace quasimodem::app {
namespace {

constexpr const char* kUsage = R"(
Usage: quasimodem record --dce TTY|URL [--dte URL] [--out FILE]
)";

constexpr const char* kFooter =
    R"(The host opens the port that the ready line names, instead of the module's own; everything goes through, both ways, and
is written down with its time. Ctrl-C ends it. The recording is a trace as of "quasimodem run --trace", and
"quasimodem play" plays it again.

Rate: the one of --dce, until the host changes its own; for a host without a rate, AT+IPR counts. DTR follows the host's
DTR, or that somebody is there; RTS, CTS, DSR, DCD and RI go through where both ends have them.

Examples:
  quasimodem record --dte pty:./m95 --dce tty:/dev/ttyUSB0,115200 --out m95.trace.jsonl
  quasimodem record --dce tcp:192.0.2.7:7000 >m95.trace.jsonl
  quasimodem play m95.trace.jsonl

Exit codes: 0 stopped, 2 usage, 3 environment (no device, no permission, the module is gone).)";

struct RecordWords {
  std::string dte = "pty:", name = "module";
  std::optional<std::string> dce, out;
  bool with_payload = false;
  std::int64_t verbose = 0;

  CommandLine line() {
    CommandLine line{{.name = "quasimodem record",
                      .description = "Sits between a host and a real module and writes down what they say.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.option("--dte", dte, "URL",
                "where the host comes to, as --uart of a module; default pty: in the runtime directory");
    line.option("--dce", dce, "TTY|URL",
                "where the module is: a device, tty:PATH[,BAUD], tcp:HOST:PORT, rfc2217:HOST:PORT or unix:PATH");
    line.option("--out", out, "FILE", "the recording, a new file; default: standard output");
    line.option("-n,--name", name, "NAME", "of the module, in the recording and of the link; default \"module\"");
    line.flag("--with-payload", with_payload, "certificates and keys as well: for test keys only");
    line.count("-v,--verbose", verbose, "log who comes and goes; -vv: more");
    return line;
  }
};

RecordOptions check(const RecordWords& raw) {
  if (!raw.dce) usage("where is the module?", "name it: --dce tty:/dev/ttyUSB0,115200");
  RecordOptions options{.host = read_uart_url(raw.dte, "--dte"), .module = read_line_address(*raw.dce, "--dce")};
  if (raw.out && *raw.out != "-") options.out = *raw.out;
  const bool plain = raw.name.find_first_of("/ ") == std::string::npos && !raw.name.empty() && raw.name[0] != '.';
  if (!plain) usage(fmt::format("--name {}: not a name", raw.name), "letters, digits, - and _, as in --name m95");
  options.name = raw.name;
  if (std::holds_alternative<StdioUrl>(options.host) && !options.out)
    usage("standard output cannot be the host's line and the recording", "name a file: --out FILE");
  if (raw.with_payload) options.payload = emulator::UartJournal::Payload::shown;
  options.log_level = raw.verbose > 1 ? LogLevel::debug : raw.verbose > 0 ? LogLevel::info : LogLevel::warning;
  return options;
}

}  // namespace

Declaration declare_record() { return RecordWords{}.line().declaration(); }

tl::expected<RecordOptions, std::string> read_record_options(const std::vector<std::string>& arguments) {
  RecordWords raw;
  if (auto help = raw.line().read(arguments)) return tl::unexpected{std::move(*help)};
  return check(raw);
}

}  // namespace quasimodem::app
