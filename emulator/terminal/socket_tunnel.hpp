// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "atcmd/channel/tunnel.hpp"
#include "core/timeline.hpp"
#include "emulator/device/states.hpp"
#include "emulator/terminal/terminal.hpp"

namespace quasimodem::emulator {

struct SocketId {
  int context;
  int index;
  device::Role role = device::Role::client;
  bool operator==(const SocketId&) const = default;
};

/// Transparent mode between a terminal and a connected socket (M66 11.23, 11.24): bytes from the TE are collected into
/// packets, bytes from the peer go straight to the TE.
class SocketTunnel final : public atcmd::Tunnel {
 public:
  SocketTunnel(Terminal& terminal, const SocketId& socket);

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
  /// The peer has ended. Everything it sent still goes to the TE, at the pace of its line, and what the TE sends goes
  /// nowhere; behind the last byte, or when the TE leaves for command state, the terminal is told CLOSED and closes
  /// this.
  void ended();

 private:
  device::MobileEquipment& me() const { return terminal_.session().me; }
  bool peer_left_something() const;
  std::size_t packet_size() const;
  void flush();
  void close_soon();
  device::PdpContext& context() const;
  device::Stream* socket() const;

  Terminal& terminal_;
  SocketId socket_;
  Bytes packet_;
  Timer idle_;
  bool over_ = false;  ///< the peer has ended
  Timer end_;
};

}  // namespace quasimodem::emulator
