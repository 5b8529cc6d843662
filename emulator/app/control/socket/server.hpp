// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "core/log.hpp"
#include "emulator/app/control/socket/session.hpp"
#include "emulator/app/control/target.hpp"
#include "net/host/accept_loop.hpp"

namespace quasimodem::app::control {

/// The control socket of one module: a UNIX stream socket, mode 0600, one JSON object per line in both directions.
/// docs/control.md is its contract.
///
/// Nothing a client does stops the module: requests, answers in waiting and clients are bounded, and who does not read
/// is dropped.
class Server {
 public:
  /// Throws Problem when the socket cannot be made. One that a killed module left behind is replaced.
  Server(boost::asio::io_context& io, std::filesystem::path path, Target& target, Session::Enter enter, Logger log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  using Stream = boost::asio::local::stream_protocol;

  void listen();
  void accepted(Stream::socket socket);

  boost::asio::io_context& io_;
  std::filesystem::path path_;
  Session::Surroundings around_;
  std::shared_ptr<net::AcceptLoop<Stream>> clients_;
  std::set<std::shared_ptr<Session>> sessions_;
};

/// True when somebody listens there.
bool socket_is_alive(const std::filesystem::path& path);

}  // namespace quasimodem::app::control
