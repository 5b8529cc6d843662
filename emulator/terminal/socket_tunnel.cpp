// SPDX-License-Identifier: Apache-2.0
#include "emulator/terminal/socket_tunnel.hpp"

#include <algorithm>

namespace quasimodem::emulator {
namespace {

constexpr std::size_t kPortion = 1460;

}  // namespace

SocketTunnel::SocketTunnel(commands::Session& session, const SocketId& socket)
    : session_{session}, socket_{socket}, idle_{session.me.timeline()}, end_{session.me.timeline()} {}

std::size_t SocketTunnel::send(ByteSpan from_te) {
  if (over_) return from_te.size();
  std::size_t taken = 0;
  while (taken < from_te.size()) {
    if (packet_.size() >= packet_size()) flush();
    if (packet_.size() >= packet_size()) break;  // the socket is blocked
    const auto part = from_te.subspan(taken, std::min(from_te.size() - taken, packet_size() - packet_.size()));
    append(packet_, part);
    taken += part.size();
  }
  if (packet_.size() >= packet_size()) flush();
  if (!packet_.empty()) idle_.start(session_.me.tcpip.wait * 100ms, [this] { flush(); });
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
  session_.channel.tunnel_writable();
}

void SocketTunnel::deliver() {
  auto* socket = this->socket();
  auto& channel = session_.channel;
  while (socket && socket->available() > 0 && channel.can_write_through()) {
    channel.write_through(socket->receive(std::min(kPortion, channel.room_through())));
  }
  if (over_ && !peer_left_something()) end_.start({}, over_);
}

bool SocketTunnel::drain(std::function<void()> over) {
  deliver();
  if (!peer_left_something()) return false;
  over_ = std::move(over);
  return true;
}

bool SocketTunnel::peer_left_something() {
  const auto* socket = this->socket();
  return socket && socket->available() > 0;
}

void SocketTunnel::rest() {
  if (over_) return end_.start({}, over_);
  flush();
}

void SocketTunnel::hang_up() {
  if (socket_.role == device::Role::server) {
    context().server().close_client(socket_.index);
  } else {
    context().close(session_.me.tcpip.sessions(), socket_.index);
  }
}

/// The manual's 20 ms lie between two characters; what is seen here is when the second one has ended. That takes long
/// only at rates that are never found out, but set.
atcmd::Tunnel::Escape SocketTunnel::escape() const {
  constexpr int kBitsPerCharacter = 10;
  const int baud = session_.settings.baud;
  const auto character = baud ? Duration{1s} * kBitsPerCharacter / baud : Duration{};
  return {.enabled = session_.me.tcpip.escape != 0, .guard_time = 500ms, .longest_gap = 20ms + character};
}

}  // namespace quasimodem::emulator
