// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/console/console.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "atcmd/listen/ear.hpp"
#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/control/socket/connection.hpp"
#include "emulator/app/desk/console/raw_terminal.hpp"
#include "emulator/app/desk/line/line_port.hpp"
#include "emulator/commands/all.hpp"

namespace quasimodem::app {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

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

constexpr char kEnd = 0x1D;  // Ctrl-]

// ---- which module ----

/// The first UART endpoint of a module of this program.
std::string uart_of(const fs::path& control_socket) {
  const auto answer = control::Connection{control_socket}.ask("state", nullptr);
  const auto* state = find_member(answer, "result");
  const auto* uart = state ? find_member(*state, "uart") : nullptr;
  const auto address = uart ? member_text(*uart, "address") : std::nullopt;
  if (!address) throw Problem{ExitCode::environment, "the module does not say where its UART is"};
  return std::string{*address};
}

LineAddress find_line(const std::optional<std::string>& named, int baud) {
  const auto line = [&](const std::string& where) { return read_line_address(where, "--to", baud); };
  if (!named) return line(uart_of(control::find_socket(std::nullopt)));
  const auto& to = *named;
  std::error_code ignored;
  const bool url = to.find(':') != std::string::npos;
  const bool device = fs::is_character_file(to, ignored) && to.find('/') != std::string::npos;
  if (url || device) return line(to);
  // A recorder has a link and no control socket.
  if (const auto directory = present_runtime_directory()) {
    const auto link = *directory / to;
    if (fs::is_character_file(link, ignored)) return line(link);
  }
  return line(uart_of(control::find_socket(to)));
}

// ---- bytes ----

void show(ByteSpan bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) throw Problem{ExitCode::environment, "nobody reads the console's output any more"};
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

/// From standard input; empty at its end.
std::string typed() {
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  do count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  while (count < 0 && errno == EINTR);
  return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string{};
}

/// Until Ctrl-], the end of the terminal, or a signal.
void join_terminal(LinePort& port, const LineAddress& address) {
  const EndSignals signals;
  const RawTerminal raw;
  // Only now: what is typed from here on reaches the module as it is.
  fmt::print(stderr, "console of {}; Ctrl-] ends it\r\n", address.text());
  for (;;) {
    std::array<pollfd, 3> waiting{
        {{STDIN_FILENO, POLLIN, 0}, {port.descriptor(), POLLIN, 0}, {signals.descriptor(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[2].revents) return;
    if (waiting[1].revents) show(port.read(milliseconds{0}));
    if (!waiting[0].revents) continue;
    const auto keys = typed();
    const auto end = keys.find(kEnd);
    port.write(as_bytes(keys).first(std::min(end, keys.size())));
    if (keys.empty() || end != std::string::npos) return;
  }
}

// ---- a pipe ----

/// Shows what comes until it is a whole answer, or nothing comes for so long.
enum class Until { answered, quiet };
void listen(LinePort& port, milliseconds quiet, Until until) {
  using Kind = atcmd::Heard::Kind;
  bool answered = false;
  atcmd::Ear ear{commands::all_families(), [&](const atcmd::Heard& heard) {
                   if (heard.kind != Kind::said) answered = heard.kind == Kind::answer || heard.kind == Kind::prompt;
                 }};
  for (auto more = port.read(quiet); !more.empty(); more = port.read(quiet)) {
    show(more);
    ear.from_module(more);
    if (until == Until::answered && answered && ear.between_lines()) return;
  }
}

void send_pipe(LinePort& port, milliseconds quiet) {
  std::string line;
  const auto send = [&] {
    port.write(as_bytes(std::exchange(line, {})));
    listen(port, quiet, Until::answered);
  };
  bool after_return = false;
  for (auto part = typed(); !part.empty(); part = typed()) {
    for (const char c : part) {
      const bool second_of_two = std::exchange(after_return, c == '\r') && c == '\n';
      if (second_of_two) continue;
      constexpr std::size_t kLongest = 4096;  // without a line end it is data, which nobody answers
      const bool ends = c == '\n' || c == '\r';
      line += ends ? '\r' : c;
      if (ends) send();
      if (line.size() >= kLongest) {
        port.write(as_bytes(line));
        line.clear();
      }
    }
  }
  if (!line.empty()) port.write(as_bytes(line));
  listen(port, quiet, Until::quiet);
}

struct ConsoleWords {
  std::optional<std::string> to{};
  int baud = 115200;
  std::string quiet = "1s";

  CommandLine line() {
    CommandLine line{{.name = "quasimodem console",
                      .description = "Talk AT to a module from this terminal.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.option("--to", to, "NAME|PATH|URL", "which module");
    line.option("--baud", baud, "RATE", "rate of a device; default 115200");
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

int console(const std::vector<std::string>& arguments) {
  ConsoleWords words;
  const auto& [to, baud, quiet] = words;
  if (const auto help = words.line().read(arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  const auto silence = parse_duration(quiet);
  if (!silence) usage(fmt::format("--quiet {}: not a duration", quiet), fmt::format("use {}", kDurationForm));
  std::signal(SIGPIPE, SIG_IGN);
  const auto address = find_line(to, baud);
  LinePort port{address};
  if (!::isatty(STDIN_FILENO)) {
    send_pipe(port, std::chrono::ceil<milliseconds>(*silence));
    return static_cast<int>(ExitCode::ok);
  }
  join_terminal(port, address);
  fmt::print(stderr, "\n");
  return static_cast<int>(ExitCode::ok);
}

}  // namespace quasimodem::app
