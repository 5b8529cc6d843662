// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "core/log.hpp"
#include "emulator/app/control/target.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app::control {

/// The control socket of one module: a UNIX stream socket, mode 0600, one JSON object per line in both directions.
/// docs/control.md is its contract.
///
/// Nothing a client does stops the module: requests, answers in waiting and clients are bounded, and who does not read
/// is dropped.
class Server {
 public:
  static constexpr std::size_t kLongestRequest = 256 * 1024;
  /// Octets of answers and events; more, and the client is dropped. The longest answer is a full journal: 4 MiB.
  static constexpr std::size_t kMostUnread = 8 << 20;
  static constexpr std::size_t kMostWaiting = 64;  ///< requests of one client that wait
  static constexpr std::size_t kMostClients = 128;

  /// Runs something as an event of the module: its time is now, and what it says goes out afterwards.
  using Enter = std::function<void(const std::function<void()>&)>;

  /// Throws Problem when the socket cannot be made. One that a killed module left behind is replaced.
  Server(boost::asio::io_context& io, std::filesystem::path path, Target& target, Enter enter, Logger log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::filesystem::path& path() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True when somebody listens there.
bool socket_is_alive(const std::filesystem::path& path);

}  // namespace quasimodem::app::control
