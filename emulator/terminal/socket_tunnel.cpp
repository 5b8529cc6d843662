// SPDX-License-Identifier: Apache-2.0
#include "emulator/terminal/socket_tunnel.hpp"

#include <algorithm>

#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::emulator {
namespace {

constexpr std::size_t kPortion = 1460;
// OBSERVED: the word of a peer's close in transparent mode, at-reference 2.7.
constexpr std::string_view kPeerClosed = "CLOSED";

}  // namespace

SocketTunnel::SocketTunnel(Terminal& terminal, const SocketId& socket)
    : terminal_{terminal}, socket_{socket}, idle_{me().timeline()}, end_{me().timeline()} {}

std::size_t SocketTunnel::packet_size() const { return static_cast<std::size_t>(me().tcpip.send_size); }

device::PdpContext& SocketTunnel::context() const { return me().context(socket_.context); }

device::Stream* SocketTunnel::socket() const { return context().socket(socket_.index, socket_.role); }

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
  if (!packet_.empty()) idle_.start(me().tcpip.wait * 100ms, [this] { flush(); });
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
  terminal_.channel().tunnel_writable();
}

void SocketTunnel::deliver() {
  auto* socket = this->socket();
  auto& channel = terminal_.channel();
  while (socket && socket->available() > 0 && channel.can_write_through()) {
    channel.write_through(socket->receive(std::min(kPortion, channel.room_through())));
  }
  if (over_ && !peer_left_something()) close_soon();
}

/// Until the TE sees the word it is in data state, whatever it sends.
void SocketTunnel::ended() {
  deliver();
  over_ = terminal_.channel().transparent() && peer_left_something();
  if (!over_) terminal_.close_tunnel(kPeerClosed);
}

void SocketTunnel::close_soon() {
  end_.start({}, [&terminal = terminal_] { terminal.close_tunnel(kPeerClosed); });
}

bool SocketTunnel::peer_left_something() const {
  const auto* socket = this->socket();
  return socket && socket->available() > 0;
}

void SocketTunnel::rest() {
  if (over_) return close_soon();
  flush();
}

void SocketTunnel::hang_up() {
  if (socket_.role == device::Role::server) {
    context().server().close_client(socket_.index);
  } else {
    context().close(me().tcpip.sessions(), socket_.index);
  }
}

/// The manual's 20 ms lie between two characters; what is seen here is when the second one has ended. That takes long
/// only at rates that are never found out, but set.
atcmd::Tunnel::Escape SocketTunnel::escape() const {
  constexpr int kBitsPerCharacter = 10;
  const int baud = terminal_.settings().baud;
  const auto character = baud ? Duration{1s} * kBitsPerCharacter / baud : Duration{};
  return {.enabled = me().tcpip.escape, .guard_time = 500ms, .longest_gap = 20ms + character};
}

}  // namespace quasimodem::emulator
