// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "atcmd/channel/channel.hpp"
#include "atcmd/channel/tunnel.hpp"
#include "core/timeline.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/settings.hpp"

namespace quasimodem::emulator {

/// Transparent mode between a channel and a connected socket (M66 11.23, 11.24): bytes from the TE are collected into
/// packets, bytes from the peer go straight to the TE.
class SocketTunnel final : public atcmd::Tunnel {
 public:
  SocketTunnel(atcmd::Channel& channel, device::MobileEquipment& me, const Settings& settings, int context, int index,
               device::Role role);

  int context() const { return context_; }
  int index() const { return index_; }
  device::Role role() const { return role_; }

  std::size_t send(ByteSpan from_te) override;
  void rest() override;
  void deliver() override;
  Escape escape() const override;

  /// The socket takes bytes again.
  void writable();
  /// The peer has ended, and everything it sent still goes to the TE, at the pace of its line. `over` comes from the
  /// Timeline behind the last byte, or when the TE leaves for command state; it may destroy this. What the TE sends
  /// until then goes nowhere. False, and nothing is done, when nothing waits.
  bool drain(std::function<void()> over);

 private:
  bool peer_left_something();
  std::size_t packet_size() const { return static_cast<std::size_t>(me_.tcpip.send_size); }
  void flush();
  device::Connection* socket() { return me_.context(context_).socket(index_, role_); }

  atcmd::Channel& channel_;
  device::MobileEquipment& me_;
  const Settings& settings_;
  int context_;
  int index_;
  device::Role role_;
  Bytes packet_;
  Timer idle_;
  std::function<void()> over_;  ///< when the peer has ended
  Timer end_;
};

}  // namespace quasimodem::emulator
