// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "atcmd/channel/tunnel.hpp"
#include "core/timeline.hpp"
#include "emulator/commands/session.hpp"

namespace quasimodem::emulator {

struct SocketId {
  int context;
  int index;
  device::Role role = device::Role::client;
  bool operator==(const SocketId&) const = default;
};

/// Transparent mode between a channel and a connected socket (M66 11.23, 11.24): bytes from the TE are collected into
/// packets, bytes from the peer go straight to the TE.
class SocketTunnel final : public atcmd::Tunnel {
 public:
  SocketTunnel(commands::Session& session, const SocketId& socket);

  const SocketId& socket_id() const { return socket_; }
  /// The socket is closed: there is nothing behind this any more.
  bool gone() const { return !socket(); }

  std::size_t send(ByteSpan from_te) override;
  void rest() override;
  void deliver() override;
  void hang_up() override;
  Escape escape() const override;

  /// The socket takes bytes again.
  void writable();
  /// The peer has ended, and everything it sent still goes to the TE, at the pace of its line. `over` comes from the
  /// Timeline behind the last byte, or when the TE leaves for command state; it may destroy this. What the TE sends
  /// until then goes nowhere. False, and nothing is done, when nothing waits.
  bool drain(std::function<void()> over);

 private:
  bool peer_left_something();
  std::size_t packet_size() const { return static_cast<std::size_t>(session_.me.tcpip.send_size); }
  void flush();
  device::PdpContext& context() const { return session_.me.context(socket_.context); }
  device::Connection* socket() const { return context().socket(socket_.index, socket_.role); }

  commands::Session& session_;
  SocketId socket_;
  Bytes packet_;
  Timer idle_;
  std::function<void()> over_;  ///< when the peer has ended
  Timer end_;
};

}  // namespace quasimodem::emulator
