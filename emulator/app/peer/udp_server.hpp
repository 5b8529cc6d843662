// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <boost/asio/ip/udp.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "net/endpoint.hpp"

namespace quasimodem::app {

/// Sends every datagram back to where it came from. Destroy it after the io_context has stopped running.
class UdpServer {
 public:
  /// Throws boost::system::system_error when the address cannot be had. `answered` is called after every datagram.
  UdpServer(boost::asio::io_context& io, const net::Endpoint& address, std::function<void()> answered, Logger log);
  UdpServer(const UdpServer&) = delete;
  UdpServer& operator=(const UdpServer&) = delete;

  /// Where it listens, with the port that was given for port 0.
  net::Endpoint address() const;

 private:
  void receive();
  void answer(std::size_t size);

  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint sender_;
  Bytes datagram_;
  std::function<void()> answered_;
  Logger log_;
};

}  // namespace quasimodem::app
