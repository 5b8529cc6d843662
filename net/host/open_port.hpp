// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "net/host/host_core.hpp"

namespace quasimodem::net {

/// A port of this machine on which connections for the module arrive.
class OpenPort : public std::enable_shared_from_this<OpenPort> {
 public:
  OpenPort(std::shared_ptr<HostCore> core, ListenObserver& observer);

  void open(std::uint16_t port);
  /// The module listens no longer.
  void close();

 private:
  void accept_next();
  void arrived(boost::asio::ip::tcp::socket socket);

  std::shared_ptr<HostCore> core_;
  ListenObserver* observer_;  ///< null once closed
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace quasimodem::net
