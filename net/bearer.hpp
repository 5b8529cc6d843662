// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "net/link.hpp"

namespace quasimodem::net {

/// A running look-up or any other operation that can be abandoned: destroying it means the answer never comes.
class Operation {
 public:
  virtual ~Operation() = default;
};

/// Hears what happens on a port that the module listens on. Calls come from the Timeline.
class ListenObserver {
 public:
  /// Makes the link of a connection that arrived, as `Bearer::connect` does; `link_connected` follows later.
  using Accept = std::function<std::unique_ptr<Link>(LinkObserver&)>;

  virtual void listening() = 0;
  /// The last call: nobody can connect to this port, or not any more.
  virtual void listen_failed(NetError error) = 0;
  /// `accept` may be called once, and only before this returns; otherwise the peer is refused.
  virtual void connection_arrived(Endpoint peer, const Accept& accept) = 0;

 protected:
  ~ListenObserver() = default;
};

/// The module's way to the network. Answers always come later, through the Timeline.
class Bearer {
 public:
  using Addresses = tl::expected<std::vector<IpAddress>, NetError>;

  virtual ~Bearer() = default;

  /// The address the network gives the module when a context is activated.
  virtual IpAddress local_address() const = 0;

  /// Looks a host name up; a dotted address resolves to itself. The answer has at least one address or an error.
  virtual std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) = 0;

  /// Begins to connect. The observer must outlive the link. UDP is "connected" at once.
  virtual std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) = 0;

  /// The TTL of the answer to an ICMP echo request. How long it took is the Timeline's to tell.
  using Echoed = tl::expected<int, NetError>;
  /// Sends an ICMP echo request with that many octets. A peer that does not answer means no answer here.
  virtual std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) = 0;

  /// Accepts connections on a port of the module, until the operation is destroyed. Accepted links go on.
  /// With UDP the first datagram of a peer is its connection; the link hears it too.
  virtual std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) = 0;
};

}  // namespace quasimodem::net
