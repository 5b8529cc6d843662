// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/ftp/server.hpp"

namespace quasimodem::app {

/// One data connection of an FTP server's session, over a socket.
class FtpDataLink : public std::enable_shared_from_this<FtpDataLink> {
 public:
  /// Where the control connection is.
  struct Ends {
    net::IpAddress here, client;
  };

  /// `spoke`: the server may have said something on the control connection. Never called from within a call of this.
  FtpDataLink(boost::asio::io_context& io, net::ftp::Server& server, Ends ends, std::function<void()> spoke);

  /// A port for the client; none: there is none to be had.
  std::optional<std::uint16_t> listen();
  void connect(const net::Endpoint& client);
  /// Sends and reads what the server has and wants now.
  void move();
  /// The server has done with it: ends in order once all is sent.
  void leave();
  /// The same, at once and by a reset.
  void cut();
  /// The session is gone.
  void abandon();

 private:
  using Tcp = boost::asio::ip::tcp;
  enum class Phase { waiting, open, leaving, draining, gone };

  void accept();
  void opened();
  void never_opened();
  void write();
  void read();
  void arrived(const boost::system::error_code& error, std::size_t count);
  void ended(bool in_order);
  void end_stream();
  void gone();
  void expire_after(std::chrono::seconds time, void (FtpDataLink::*then)());
  void tell() const;

  Tcp::socket socket_;
  Tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  net::ftp::Server* server_;  ///< null once it has done with this
  Ends ends_;
  std::function<void()> spoke_;
  Phase phase_ = Phase::waiting;
  Bytes writing_;
  bool reading_ = false;
  std::array<std::uint8_t, 16384> piece_{};
};

}  // namespace quasimodem::app
