// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/base/json.hpp"

namespace quasimodem::app::control {

/// The control sockets of modules that run, in the runtime directory, by name.
std::vector<std::filesystem::path> running_modules();

/// The socket that `--to NAME|PATH` means: a name, the socket itself, or the UART's link of the module. Without it
/// $QUASIMODEM_CTL, or the only module that runs. Throws Problem with ExitCode::environment. Modules that must be asked
/// for their UART, and are silent, are not waited for beyond `end`.
std::filesystem::path find_socket(
    const std::optional<std::string>& to,
    std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max());

/// A client's end of a control socket.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;
  /// What a module that is not stopped needs for an answer, on a machine under load.
  static constexpr std::chrono::seconds kPatience{60};

  /// What comes after `patience`: a module may be slow by its own time (--time-scale), and answer others at once.
  enum class Late { gives_up, asks_whether_it_lives };

  /// Throws Problem with ExitCode::environment; here and below with ExitCode::timed_out, when the module has not taken
  /// or answered what it should until `patience` is over.
  explicit Connection(const std::filesystem::path& path, Clock::duration patience = kPatience,
                      Late late = Late::gives_up);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// From now on it may take any time.
  void wait_for_ever() { end_.reset(); }
  /// From now on it may take until then.
  void wait_until(Clock::time_point end) { end_ = end; }
  void send(const Json& request);
  void send(std::string_view method, Json params);
  /// The next line; nothing at the end. Throws Problem when it is no JSON.
  std::optional<Json> receive();
  /// A whole line has come: receive() gives it at once.
  bool has_line() const { return unread_.find('\n') != std::string::npos; }
  /// For poll(), beside other things: readable when more has come.
  int descriptor() const { return socket_; }
  /// The answer to the request that was sent; events in between are dropped. Throws Problem when there is none.
  Json answer();
  Json ask(std::string_view method, Json params);

 private:
  /// Until the socket can be read or written (POLLIN, POLLOUT).
  void wait_for(short event);

  std::string path_;
  Clock::duration patience_;
  Late late_;
  std::optional<Clock::time_point> end_;
  int socket_ = -1;
  std::string unread_;
};

}  // namespace quasimodem::app::control
