// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/watch/watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/journal_ring.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/color.hpp"
#include "emulator/app/base/printable.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/control/socket/connection.hpp"
#include "emulator/app/desk/console/raw_terminal.hpp"
#include "emulator/app/desk/watch/view.hpp"

namespace quasimodem::app {
namespace {

using control::Connection;

constexpr const char* kUsage = R"(
Usage: quasimodem watch [--to NAME|PATH] [--lines N] [--color auto|always|never]
)";

constexpr const char* kFooter =
    R"(What the host sends stands behind >, what the module sends behind <, in seconds of module time; on the right states,
connections, TLS, faults and power. An echo is faint. Bytes that are no text are \r, \n and \xNN, as in transcripts;
certificates and keys are counted and withheld. On a terminal the UART is cut to its half of the
width, and what is on the right goes on below; to a pipe all is whole.

It watches only: the UART is free for your host, or for quasimodem console. For programs: quasimodem ctl subscribe --json.

Exit codes: 0 the module has ended, or Ctrl-C; 2 usage, 3 environment (no module, no permission).)";

/// A line without an end is shown after so long a silence; somebody who types may still be at it.
constexpr std::chrono::milliseconds kSilence{1000};

struct ReaderGone {};

/// Standard output. Throws ReaderGone.
void print(std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EAGAIN) {
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (count < 0 && (errno == EPIPE || errno == EIO)) {
      throw ReaderGone{};
    } else if (count < 0 && errno != EINTR) {
      throw Problem{ExitCode::environment, fmt::format("cannot write: {}", std::generic_category().message(errno)), ""};
    }
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Of the terminal at standard output; 0 without one.
std::size_t terminal_width() {
  if (!::isatty(STDOUT_FILENO)) return 0;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  // A serial console does not know.
  const char* columns = std::getenv("COLUMNS");
  return columns ? static_cast<std::size_t>(std::max(0L, std::strtol(columns, nullptr, 10))) : 0;
}

JsonObject only_shown_kinds() {
  std::vector<std::string_view> kinds;
  for (int i = 0; i < kRecordKinds; ++i) {
    const auto kind = static_cast<RecordKind>(i);
    if (View::shows(kind)) kinds.push_back(quasimodem::name_of(kind));
  }
  return {{"kind", fmt::format("{}", fmt::join(kinds, ","))}};
}

/// The result of a method.
Json ask(Connection& connection, std::string_view method, Json params) {
  const auto answer = connection.ask(method, std::move(params));
  if (const auto* result = find_member(answer, "result")) return *result;
  const auto* error = find_member(answer, "error");
  const auto message = error ? member_text(*error, "message") : std::nullopt;
  throw Problem{ExitCode::environment, fmt::format("the module does not answer {}: {}", method,
                                                   message.value_or("neither a result nor an error"))};
}

std::string title(const Json& state) {
  const auto* uart = find_member(state, "uart");
  const auto word = [](const Json& json, std::string_view name) {
    return printable(member_text(json, name).value_or(""));
  };
  return fmt::format("{}, an {} at {}; Ctrl-C ends the view", word(state, "name"), word(state, "model"),
                     uart ? word(*uart, "address") : "");
}

std::int64_t number_in(const Json& json, std::string_view name) {
  const auto* number = find_member(json, name);
  boost::system::error_code ignored;
  return number ? number->to_number<std::int64_t>(ignored) : 0;
}

/// Shows what has happened before. Gives the number of the last record that is among it.
std::int64_t show_history(const Json& journal, View& view) {
  const auto* records = find_member(journal, "records");
  if (records && records->is_array()) {
    for (const auto& record : records->get_array()) view.show(record);
  }
  return number_in(journal, "last");
}

/// Until the module ends or somebody ends us.
enum class End { of_the_module, ours };
End follow(Connection& connection, View& view, std::int64_t last_shown) {
  const EndSignals signals;
  for (;;) {
    if (!connection.has_line()) {
      // Standard output: only whether its reader is still there.
      std::array<pollfd, 3> waiting{
          {{connection.descriptor(), POLLIN, 0}, {signals.descriptor(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
      const auto patience = view.line_has_begun() ? static_cast<int>(kSilence.count()) : -1;
      const int ready = ::poll(waiting.data(), waiting.size(), patience);
      if (ready == 0) view.finish_lines();
      if (ready <= 0) continue;
      if (waiting[2].revents) throw ReaderGone{};
      if (waiting[1].revents) return End::ours;
      if (!waiting[0].revents) continue;
    }
    const auto event = connection.receive();
    if (!event) return End::of_the_module;
    if (number_in(*event, "seq") > last_shown) view.show(*event);
  }
}

/// The process at the other end; 0 when that is not known.
pid_t process_of(const Connection& connection) {
  ucred other{};
  socklen_t size = sizeof(other);
  return ::getsockopt(connection.descriptor(), SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 ? other.pid : 0;
}

/// The same module, and not one that has taken its place since.
bool still_runs(const std::filesystem::path& socket, pid_t process) {
  try {
    Connection again{socket};
    return find_member(again.ask("state", nullptr), "result") && process_of(again) == process;
  } catch (const Problem&) {
    return false;
  }
}

void watch_module(const std::filesystem::path& socket, Coloring coloring, std::size_t lines) {
  const Rows rows{coloring, &terminal_width};
  std::deque<std::string> history;
  bool live = false;
  View view{rows, [&](const std::string& row) {
              if (live) return print(row);
              history.push_back(row);
              if (history.size() > lines) history.pop_front();
            }};
  constexpr auto kLate = Connection::Late::asks_whether_it_lives;
  Connection connection{socket, Connection::kPatience, kLate};
  ask(connection, "subscribe", only_shown_kinds());
  // On a second connection, because events come on the first; those until `last` are in the journal.
  auto asking = std::make_unique<Connection>(socket, Connection::kPatience, kLate);
  const auto state = ask(*asking, "state", nullptr);
  auto params = only_shown_kinds();
  // All of them: a row takes many records when somebody types key by key.
  params["limit"] = static_cast<std::int64_t>(lines == 0 ? 1 : JournalRing::kEntries);
  const auto last = show_history(ask(*asking, "journal", std::move(params)), view);
  asking.reset();
  print(rows.heading(title(state), "the module and its network"));  // whatever happens from here on is seen
  for (const auto& row : history) print(row);
  live = true;
  connection.wait_for_ever();
  const auto process = process_of(connection);
  const auto end = follow(connection, view, last);
  view.finish_lines();
  if (end == End::ours) return;
  if (still_runs(socket, process)) {
    throw Problem{ExitCode::environment, "the module goes on, but has hung up on this view, which was stopped too long",
                  "start it again; what happened meanwhile: quasimodem ctl journal"};
  }
  print(rows.painted(Ink::faint, "the module has ended") + "\n");
}

struct WatchWords {
  std::optional<std::string> to{};
  std::string color = "auto";
  int lines = 10;

  CommandLine line() {
    CommandLine line{{.name = "quasimodem watch",
                      .description = "Shows live what a running module does: both sides of its UART, its states, "
                                     "connections, TLS, faults.",
                      .usage = kUsage,
                      .footer = kFooter}};
    line.option("--to", to, "NAME|PATH",
                "which module, when several run: its name, its control socket or the link of its UART");
    line.option("-n,--lines", lines, "N", "begin with the last N rows of what has happened before; default 10");
    line.option("--color", color, "auto|always|never", "default auto, which heeds NO_COLOR");
    return line;
  }
};

}  // namespace

Declaration declare_watch() { return WatchWords{}.line().declaration(); }

int watch(const std::vector<std::string>& arguments) {
  WatchWords words;
  const auto& [to, color, lines] = words;
  if (const auto help = words.line().read(arguments)) {
    fmt::print("{}", *help);
    return static_cast<int>(ExitCode::ok);
  }
  constexpr auto kMost = static_cast<int>(JournalRing::kEntries);
  if (lines < 0 || lines > kMost) {
    usage(fmt::format("--lines {}: a module keeps {} records", lines, kMost), fmt::format("use 0 to {}", kMost));
  }
  const auto coloring_of_rows = coloring(read_color(color), STDOUT_FILENO);
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is told by write
  try {
    watch_module(control::find_socket(to), coloring_of_rows, static_cast<std::size_t>(lines));
  } catch (const ReaderGone&) {  // as it is with `| head`
  }
  return static_cast<int>(ExitCode::ok);
}

}  // namespace quasimodem::app
