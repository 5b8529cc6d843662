// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "atcmd/channel/channel.hpp"
#include "atcmd/channel/tunnel.hpp"
#include "core/timeline.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::emulator {

/// Transparent mode between a channel and a connected socket (M66 11.23, 11.24): bytes from the TE are collected into
/// packets, bytes from the peer go straight to the TE.
class SocketTunnel final : public atcmd::Tunnel {
 public:
  SocketTunnel(atcmd::Channel& channel, device::MobileEquipment& me, int context, int index, device::Role role);

  int context() const { return context_; }
  int index() const { return index_; }
  device::Role role() const { return role_; }

  std::size_t send(ByteSpan from_te) override;
  void rest() override { flush(); }
  void deliver() override;
  Escape escape() const override;

  /// The socket takes bytes again.
  void writable();
  /// The peer closed: everything it sent still goes to the TE.
  void deliver_rest();

 private:
  std::size_t packet_size() const { return static_cast<std::size_t>(me_.tcpip.send_size); }
  void flush();
  device::Connection* socket() { return me_.context(context_).socket(index_, role_); }

  atcmd::Channel& channel_;
  device::MobileEquipment& me_;
  int context_;
  int index_;
  device::Role role_;
  Bytes packet_;
  Timer idle_;
};

}  // namespace quasimodem::emulator
