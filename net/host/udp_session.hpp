// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/udp.hpp>

#include "net/host/host_session.hpp"

namespace quasimodem::net {

/// One real UDP association: a socket that sends to one peer and hears only that one.
class UdpSession final : public HostSession {
 public:
  UdpSession(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer);

  void connect(Endpoint target) override;
  std::size_t send(ByteSpan data) override;
  std::size_t unacknowledged() override { return 0; }
  void abort() override { leave(); }
  void leave() override;

 private:
  using Error = boost::system::error_code;

  void read_once() override;
  void close_socket() override;
  void wait_readable();
  void wait_writable();

  std::shared_ptr<UdpSession> self() { return std::static_pointer_cast<UdpSession>(shared_from_this()); }

  boost::asio::ip::udp::socket socket_;
  Bytes datagram_;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
};

}  // namespace quasimodem::net
