// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "emulator/app/json_value.hpp"

namespace quasimodem::app::control {

/// The control sockets of modules that run, in the runtime directory, by name.
std::vector<std::filesystem::path> running_modules();

/// The socket that `--to NAME|PATH` means: a name, the socket itself, or the UART's link of the module. Without it
/// $QUASIMODEM_CTL, or the only module that runs. Throws Problem with ExitCode::environment.
std::filesystem::path find_socket(const std::optional<std::string>& to);

/// A client's end of a control socket.
class Connection {
 public:
  /// Throws Problem with ExitCode::environment.
  explicit Connection(const std::filesystem::path& path);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const Json& request);
  /// The next line; nothing at the end. Throws Problem when it is no JSON.
  std::optional<Json> receive();
  /// The answer to a request; events in between are dropped. Throws Problem when there is none.
  Json ask(std::string_view method, Json params);

 private:
  int socket_ = -1;
  std::string unread_;
};

}  // namespace quasimodem::app::control
