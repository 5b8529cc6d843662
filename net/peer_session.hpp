// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/bytes.hpp"

namespace quasimodem::net {

/// A small server's side of one connection: bytes in, bytes out, no socket. Whoever carries the bytes, through TLS or
/// not, over a real socket or a simulated one, sends what `take_outgoing` gives after each call and whenever
/// `on_outgoing` says so, and ends the stream in order when it is `over` and all of that is sent.
class PeerSession {
 public:
  virtual ~PeerSession() = default;

  /// The client is there; with TLS from the first byte on, after the handshake.
  virtual void start() = 0;
  virtual void receive(ByteSpan bytes) = 0;
  /// The client ended its stream, or the connection is gone.
  virtual void input_ended() {}

  virtual Bytes take_outgoing() = 0;
  /// False while the client does not read what it asked for: whoever carries the bytes reads no more meanwhile.
  virtual bool wants_input() const { return true; }
  virtual bool over() const = 0;
  /// What was taken so far is the last in clear: TLS begins with the client's next byte. Asked once after each call.
  virtual bool starts_tls() { return false; }

  /// There is something to take though nothing was received.
  std::function<void()> on_outgoing;
};

}  // namespace quasimodem::net
