// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <utility>

#include <boost/asio/ip/udp.hpp>

#include "net/host/host_session.hpp"

namespace quasimodem::net {

class UdpPeer;

/// A port of this machine on which datagrams for the module arrive. All peers share its socket, so that an answer comes
/// from the port that was asked.
class UdpPort : public std::enable_shared_from_this<UdpPort> {
 public:
  UdpPort(std::shared_ptr<HostCore> core, ListenObserver& observer);

  void open(std::uint16_t port);
  /// The module listens no longer: peers that are known go on, others are not heard.
  void close();

  std::size_t send(ByteSpan data, Endpoint peer);
  void forget(Endpoint peer);

 private:
  using Error = boost::system::error_code;

  void wait();
  void read_once();
  void arrived(Endpoint peer, ByteSpan datagram);
  void close_if_unused();

  std::shared_ptr<HostCore> core_;
  ListenObserver* observer_;  ///< null once closed
  boost::asio::ip::udp::socket socket_;
  Bytes datagram_;
  std::map<Endpoint, std::weak_ptr<UdpPeer>> peers_;
};

/// Whoever sent a datagram to the module's port, and was let in.
class UdpPeer final : public HostSession {
 public:
  // While the module does not take them; what comes then is lost, as on any network.
  static constexpr std::size_t kMostWaiting = 64;

  UdpPeer(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer, std::shared_ptr<UdpPort> port)
      : HostSession{std::move(core), peer, observer}, port_{std::move(port)} {}

  void arrived(ByteSpan datagram);

  void connect(Endpoint) override {}
  std::size_t send(ByteSpan data) override;
  std::size_t unacknowledged() override { return 0; }
  void abort() override { leave(); }
  void leave() override;

 private:
  void read_once() override;
  void close_socket() override {}

  std::shared_ptr<UdpPort> port_;
  std::deque<Bytes> waiting_;
};

}  // namespace quasimodem::net
