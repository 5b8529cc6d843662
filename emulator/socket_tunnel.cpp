// SPDX-License-Identifier: Apache-2.0
#include "emulator/socket_tunnel.hpp"

#include <algorithm>

namespace quasimodem::emulator {
namespace {

constexpr std::size_t kPortion = 1460;

}  // namespace

SocketTunnel::SocketTunnel(atcmd::Channel& channel, device::MobileEquipment& me, int context, int index,
                           device::Role role)
    : channel_{channel}, me_{me}, context_{context}, index_{index}, role_{role}, idle_{me.timeline()} {}

std::size_t SocketTunnel::send(ByteSpan from_te) {
  std::size_t taken = 0;
  while (taken < from_te.size()) {
    if (packet_.size() >= packet_size()) flush();
    if (packet_.size() >= packet_size()) break;  // the socket is blocked
    const auto part = from_te.subspan(taken, std::min(from_te.size() - taken, packet_size() - packet_.size()));
    append(packet_, part);
    taken += part.size();
  }
  if (packet_.size() >= packet_size()) flush();
  if (!packet_.empty()) idle_.start(me_.tcpip.wait * 100ms, [this] { flush(); });
  return taken;
}

void SocketTunnel::flush() {
  auto* socket = this->socket();
  if (!socket) return;
  const auto sent = socket->send_some(packet_);
  packet_.erase(packet_.begin(), packet_.begin() + static_cast<std::ptrdiff_t>(sent));
}

void SocketTunnel::writable() {
  flush();
  channel_.tunnel_writable();
}

void SocketTunnel::deliver() {
  auto* socket = this->socket();
  while (socket && socket->available() > 0 && channel_.can_write_through()) {
    channel_.write_through(socket->receive(std::min(kPortion, channel_.room_through())));
  }
}

void SocketTunnel::deliver_rest() {
  auto* socket = this->socket();
  while (socket && socket->available() > 0) channel_.write_through(socket->receive(kPortion));
}

atcmd::Tunnel::Escape SocketTunnel::escape() const {
  return {.enabled = me_.tcpip.escape != 0, .guard_time = 500ms, .longest_gap = 20ms};
}

}  // namespace quasimodem::emulator
