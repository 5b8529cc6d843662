// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/control/socket/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/control/socket/server.hpp"

namespace quasimodem::app::control {
namespace {

namespace fs = std::filesystem;
using Clock = Connection::Clock;

constexpr std::string_view kSuffix = ".ctl";
constexpr std::size_t kLongestLine = 64 * 1024 * 1024;
constexpr auto kStart = "start one: quasimodem; one that another user (sudo?) has started is found by that user only";
constexpr auto kAsThatUser =
    "a module obeys the user who started it; do this as that user: sudo -u USER quasimodem ...";

std::vector<std::string> names(const std::vector<fs::path>& sockets) {
  std::vector<std::string> list;
  for (const auto& socket : sockets) list.push_back(socket.stem().string());
  return list;
}

bool is_live_socket(const fs::path& path) {
  std::error_code ignored;
  return fs::is_socket(path, ignored) && socket_is_alive(path);
}

Problem no_answer(const std::string& path) {
  return {ExitCode::timed_out, fmt::format("the module at {} does not answer", path),
          "is the process stopped, or is something else there?"};
}

/// When one of those that may be meant has had its time for an answer.
Clock::time_point end_of_patience(Clock::time_point end) {
  constexpr Clock::duration kMost = std::chrono::seconds{2};
  constexpr Clock::duration kLeast = std::chrono::milliseconds{200};  // a module that lives needs some, too
  const auto now = Clock::now();
  return now + std::clamp(end - now, kLeast, kMost);
}

/// Null when it does not take the question.
std::unique_ptr<Connection> asked_for_state(const fs::path& socket) {
  try {
    auto connection = std::make_unique<Connection>(socket, Clock::duration::zero());
    connection->send("state", nullptr);
    return connection;
  } catch (const Problem&) {
    return nullptr;
  }
}

/// Null when there is none until `end`.
Json answer_of(Connection* asked, Clock::time_point end) {
  if (!asked) return {};
  try {
    asked->wait_until(end);
    return asked->answer();
  } catch (const Problem&) {
    return {};
  }
}

bool lives(const fs::path& socket) {
  return !answer_of(asked_for_state(socket).get(), end_of_patience(Clock::time_point::max())).is_null();
}

std::optional<std::string> uart_in(const Json& answer) {
  const auto* state = find_member(answer, "result");
  const auto* uart = state ? find_member(*state, "uart") : nullptr;
  const auto address = uart ? member_text(*uart, "address") : std::nullopt;
  return address ? std::optional{std::string{*address}} : std::nullopt;
}

struct Search {
  std::optional<fs::path> found;
  std::vector<fs::path> silent;  ///< of those asked before it was found
};

/// The module whose UART is at this link. All are asked before the first answer is waited for: those that are silent
/// take no time from one another, nor from the module that is meant.
Search module_at(const fs::path& link, Clock::time_point end) {
  std::error_code ignored;
  const auto wanted = fs::absolute(link, ignored).lexically_normal().string();
  const auto sockets = running_modules();
  std::vector<std::unique_ptr<Connection>> asked;
  for (const auto& socket : sockets) asked.push_back(asked_for_state(socket));
  end = end_of_patience(end);
  Search search;
  for (std::size_t i = 0; i < sockets.size() && !search.found; ++i) {
    const auto answer = answer_of(asked[i].get(), end);
    if (answer.is_null()) search.silent.push_back(sockets[i]);
    if (uart_in(answer) == wanted) search.found = sockets[i];
  }
  return search;
}

/// Whether it runs is not known when somebody is silent.
Problem not_found(const std::string& to, const std::vector<fs::path>& silent) {
  if (!silent.empty()) {
    return {ExitCode::environment,
            fmt::format("none of the modules that answer is \"{}\", and {} {} not answer", to,
                        fmt::join(names(silent), ", "), silent.size() == 1 ? "does" : "do"),
            "is a process stopped, or is something else there?"};
  }
  const auto running = names(running_modules());
  return {ExitCode::environment, fmt::format("no module \"{}\" is running{}", to, did_you_mean(to, running)),
          running.empty() ? std::string{kStart} : fmt::format("these are: {}", fmt::join(running, ", "))};
}

/// Throws Problem when there is something of another user, whose modules are in a runtime directory of his own.
void refuse_foreign(const std::string& to) {
  if (to.find('/') == std::string::npos) return;
  const auto owner = foreign_owner(to);
  if (!owner) return;
  throw Problem{ExitCode::environment, fmt::format("{} belongs to {}: no permission", to, *owner), kAsThatUser};
}

}  // namespace

std::vector<fs::path> running_modules() {
  std::vector<fs::path> found;
  std::error_code error;
  const auto directory = present_runtime_directory();
  if (!directory) return found;
  for (const auto& entry : fs::directory_iterator{*directory, error}) {
    if (entry.path().extension() == kSuffix && is_live_socket(entry.path())) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

fs::path find_socket(const std::optional<std::string>& to, Clock::time_point end) {
  if (to) {
    const bool is_name = to->find('/') == std::string::npos;
    if (const auto directory = is_name ? present_runtime_directory() : std::nullopt) {
      if (auto path = *directory / (*to + std::string{kSuffix}); is_live_socket(path)) return path;
    }
    if (is_live_socket(*to)) return *to;
    const auto [found, silent] = module_at(*to, end);
    if (!found) refuse_foreign(*to);
    if (!found) throw not_found(*to, silent);
    return *found;
  }
  if (const char* path = std::getenv("QUASIMODEM_CTL"); path && *path) return path;
  const auto running = running_modules();
  if (running.size() == 1) return running.front();
  if (running.empty()) throw Problem{ExitCode::environment, "no module is running", kStart};
  throw Problem{ExitCode::environment,
                fmt::format("{} modules are running: {}", running.size(), fmt::join(names(running), ", ")),
                fmt::format("say which: --to {}", names(running).front())};
}

Connection::Connection(const fs::path& path, Clock::duration patience, Late late)
    : path_{path.string()}, patience_{patience}, late_{late}, end_{Clock::now() + patience} {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto refuse = [&](int problem) {
    if (socket_ >= 0) ::close(socket_);
    if (problem == EAGAIN) throw no_answer(path_);
    throw Problem{ExitCode::environment,
                  fmt::format("cannot reach the module at {}: {}", path_, std::generic_category().message(problem)),
                  problem == EACCES ? kAsThatUser : "is it still running? quasimodem ctl --to NAME state"};
  };
  if (path_.size() >= sizeof(address.sun_path)) refuse(ENAMETOOLONG);
  path_.copy(address.sun_path, path_.size());
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ < 0) refuse(errno);
  while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == EINTR) continue;
    // EAGAIN: its queue is full, of which poll says nothing.
    if (errno != EAGAIN || Clock::now() >= *end_) refuse(errno);
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

Connection::~Connection() { ::close(socket_); }

void Connection::wait_for(short event) {
  for (;;) {
    const auto left = end_ ? std::chrono::ceil<std::chrono::milliseconds>(*end_ - Clock::now()).count() : -1;
    pollfd entry{socket_, event, 0};
    const int ready = ::poll(&entry, 1, end_ ? static_cast<int>(std::max<std::int64_t>(0, left)) : -1);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return;  // the call that follows tells what is wrong
    if (ready < 0) continue;
    if (late_ != Late::asks_whether_it_lives || !lives(path_)) throw no_answer(path_);
    end_ = Clock::now() + patience_;
  }
}

void Connection::send(const Json& request) {
  const auto line = to_text(request) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    wait_for(POLLOUT);
    const auto sent = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent < 0) throw Problem{ExitCode::environment, "the module has gone"};
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Connection::send(std::string_view method, Json params) {
  JsonObject request{{"id", 1}, {"method", method}};
  if (!params.is_null()) request.emplace("params", std::move(params));
  send(request);
}

std::optional<Json> Connection::receive() {
  std::array<char, 65536> block{};
  std::size_t searched = 0;
  auto end = unread_.find('\n');
  while (end == std::string::npos) {
    if (unread_.size() > kLongestLine) {
      throw Problem{ExitCode::environment, "this is no control socket: a line without end"};
    }
    searched = unread_.size();
    wait_for(POLLIN);
    const auto size = ::recv(socket_, block.data(), block.size(), 0);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0) return std::nullopt;
    unread_.append(block.data(), static_cast<std::size_t>(size));
    end = unread_.find('\n', searched);
  }
  auto json = parse_json(std::string_view{unread_}.substr(0, end));
  unread_.erase(0, end + 1);
  if (!json) throw Problem{ExitCode::environment, fmt::format("this is no control socket: {}", json.error())};
  return std::move(*json);
}

Json Connection::answer() {
  while (auto line = receive()) {
    const bool event = find_member(*line, "seq") != nullptr;  // one of a fault has an id too, the fault's
    if (!event && find_member(*line, "id")) return std::move(*line);
  }
  throw Problem{ExitCode::environment, "the module has ended without an answer"};
}

Json Connection::ask(std::string_view method, Json params) {
  send(method, std::move(params));
  return answer();
}

}  // namespace quasimodem::app::control
