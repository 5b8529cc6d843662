// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "core/log.hpp"
#include "net/endpoint.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Sends every datagram back to where it came from. Destroy it after the io_context has stopped running.
class UdpServer {
 public:
  /// Throws Problem when the address cannot be had. `answered` is called after every datagram.
  UdpServer(boost::asio::io_context& io, net::Endpoint address, std::function<void()> answered, Logger log);
  ~UdpServer();

  /// Where it listens, with the port that was given for port 0.
  net::Endpoint address() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
