// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "core/log.hpp"
#include "emulator/app/peer/conversation.hpp"
#include "net/endpoint.hpp"
#include "net/host/accept_loop.hpp"

namespace quasimodem::app {

/// Listens, and carries the bytes of any number of Conversations. Destroy it after the io_context has stopped running.
class TcpServer {
 public:
  struct Ends {
    net::Endpoint here, client;
  };
  struct Events {
    std::function<std::unique_ptr<Conversation>(const Ends&)> met;  ///< a client has connected
    std::function<void()> ended;                                    ///< a connection is gone
  };

  /// Throws boost::system::system_error when the address cannot be had.
  TcpServer(boost::asio::io_context& io, const net::Endpoint& address, const Events& events, const Logger& log);
  ~TcpServer() { stop_listening(); }
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  /// Where it listens, with the port that was given for port 0.
  const net::Endpoint& address() const { return address_; }
  /// No more clients.
  void stop_listening() { clients_->stop(); }

 private:
  std::shared_ptr<net::AcceptLoop<boost::asio::ip::tcp>> clients_;
  net::Endpoint address_;
};

}  // namespace quasimodem::app
