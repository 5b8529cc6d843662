// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "core/bytes.hpp"
#include "net/endpoint.hpp"
#include "net/net_error.hpp"

namespace quasimodem::net {

/// Hears what happens on one Link. Calls come from the Timeline, never from inside a call to the Link.
class LinkObserver {
 public:
  virtual void link_connected() = 0;
  /// Bytes of a TCP stream, or one whole UDP datagram.
  virtual void link_received(ByteSpan data) = 0;
  /// There is room again after `send` took less than it was given.
  virtual void link_writable() {}
  /// The last call. Without an error the peer ended in order, after everything it sent was delivered.
  /// Before `link_connected` it means that the connection could not be made. Afterwards `send` takes nothing.
  virtual void link_closed(std::optional<NetError> error) = 0;

 protected:
  ~LinkObserver() = default;
};

/// One TCP connection or one UDP association, from the moment the module asks for it.
/// Destroying it closes it in order: what was accepted by `send` still goes out; the observer hears nothing more.
class Link {
 public:
  virtual ~Link() = default;

  /// Takes as much as the send window holds and returns how much that was; 0 when it is full or the link is not up.
  /// A UDP datagram is taken whole or not at all.
  virtual std::size_t send(ByteSpan data) = 0;

  /// Stop and resume delivery. While paused the peer's window closes; at most one read already under way arrives.
  virtual void pause() = 0;
  virtual void resume() = 0;

  /// Bytes accepted by `send` that the peer has not yet acknowledged (AT+QISACK).
  virtual std::size_t unacknowledged() const = 0;

  /// Cuts the connection at once (TCP reset), dropping what is queued. The observer hears nothing more.
  virtual void abort() = 0;

  virtual Endpoint peer() const = 0;
};

}  // namespace quasimodem::net
