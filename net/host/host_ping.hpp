// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/generic/raw_protocol.hpp>

#include "net/host/host_core.hpp"

namespace quasimodem::net {

/// One ICMP echo request of this machine.
class HostPing : public std::enable_shared_from_this<HostPing> {
 public:
  HostPing(std::shared_ptr<HostCore> core, std::size_t size, std::function<void(Bearer::Echoed)> done);

  void send(IpAddress target);
  /// The answer is `unreachable`, later.
  void fail();
  /// Nobody waits for the answer any more.
  void abandon();

 private:
  bool open();
  void wait_for_answer();
  std::optional<int> ttl_of_answer();
  void answer(Bearer::Echoed result);

  std::shared_ptr<HostCore> core_;
  std::size_t size_;
  std::function<void(Bearer::Echoed)> done_;
  boost::asio::generic::raw_protocol::socket socket_;
  bool raw_ = false;  ///< a raw socket hears every echo reply of the machine, with its IP header
  std::uint16_t number_;
};

}  // namespace quasimodem::net
