// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::atcmd {

/// The far side of transparent mode, seen from a channel.
class Tunnel {
 public:
  virtual ~Tunnel() = default;

  /// Bytes from the TE. Takes what it can and returns how much; call `Channel::tunnel_writable` when there is room
  /// again.
  virtual std::size_t send(ByteSpan from_te) = 0;
  /// The TE has left for command state; what came from it so far need not wait for more.
  virtual void rest() = 0;
  /// The channel has room for output: hand over what the peer sent, with `Channel::write_through`.
  virtual void deliver() = 0;
  /// The TE hangs up: what is behind the tunnel ends. `Channel::close_tunnel` follows.
  virtual void hang_up() = 0;

  /// Whether and how `+++` is recognised.
  struct Escape {
    bool enabled = true;
    Duration guard_time = 500ms;
    Duration longest_gap = 20ms;  // MANUAL M66 7.4: between the plus signs in transparent TCP
  };
  virtual Escape escape() const = 0;
};

}  // namespace quasimodem::atcmd
