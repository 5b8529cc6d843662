// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "emulator/app/peer/conversation.hpp"
#include "net/endpoint.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Listens, and carries the bytes of any number of Conversations. Destroy it after the io_context has stopped running.
class TcpServer {
 public:
  struct Events {
    std::function<std::unique_ptr<Conversation>()> met;  ///< a client has connected
    std::function<void()> ended;                         ///< a connection is gone
  };

  /// Throws Problem when the address cannot be had.
  TcpServer(boost::asio::io_context& io, net::Endpoint address, Events events, Logger log);
  ~TcpServer();

  /// Where it listens, with the port that was given for port 0.
  net::Endpoint address() const;
  /// No more clients.
  void stop_listening();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
