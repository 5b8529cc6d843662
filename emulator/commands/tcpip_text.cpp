// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/tcpip_text.hpp"

#include <fmt/core.h>

#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {

using device::SocketState;
using device::TcpIpState;

std::string of_socket(const device::TcpIpSettings& settings, int index, std::string_view words) {
  return settings.multiple_sessions ? fmt::format("{}, {}", index, words) : std::string{words};
}

std::string close_words(device::MobileEquipment& me, int index) {
  constexpr std::string_view kClosed = "CLOSE OK";
  return me.firmware().close_index ? of_socket(me.tcpip, index, kClosed) : std::string{kClosed};
}

std::string state_text(const device::PdpContext& context) {
  switch (context.state()) {
    case TcpIpState::ip_initial: return "IP INITIAL";
    case TcpIpState::ip_start: return "IP START";
    case TcpIpState::ip_config: return "IP CONFIG";
    case TcpIpState::ip_ind: return "IP IND";
    case TcpIpState::ip_gprsact: return "IP GPRSACT";
    case TcpIpState::ip_status: return "IP STATUS";
    case TcpIpState::ip_close: return "IP CLOSE";
    case TcpIpState::connect_ok: return "CONNECT OK";
    case TcpIpState::pdp_deact: return "PDP DEACT";
    case TcpIpState::ip_processing: return "IP PROCESSING";
    case TcpIpState::connecting: break;
  }
  const auto* socket = context.socket(0);
  return fmt::format("{} CONNECTING", socket ? transport_text(*socket) : "TCP");
}

std::string_view socket_state_text(SocketState state) {
  switch (state) {
    case SocketState::initial: return "INITIAL";
    case SocketState::connecting: return "CONNECTING";
    case SocketState::connected: return "CONNECTED";
    case SocketState::remote_closing: return "REMOTE CLOSING";
    case SocketState::closing: return "CLOSING";
    case SocketState::closed: return "CLOSED";
  }
  return "INITIAL";
}

std::string_view transport_text(const device::Stream& socket) {
  return socket.transport() == net::Transport::tcp ? "TCP" : "UDP";
}

std::optional<net::Transport> transport_named(std::string_view mode) {
  if (mode == "TCP" || mode == "tcp") return net::Transport::tcp;
  if (mode == "UDP" || mode == "udp") return net::Transport::udp;
  return std::nullopt;
}

std::string peer_text(const device::Stream& socket) {
  const auto peer = socket.peer();
  return peer ? peer->address.text() : socket.target().host;
}

atcmd::Reply respond_received(Call& call, std::string_view name, device::Stream& socket, std::size_t most) {
  const auto data = socket.receive(most);
  if (data.empty()) return atcmd::Reply::ok();
  call.respond_data(fmt::format("{}: {}:{},{},{}", name, peer_text(socket), socket.target().port,
                                transport_text(socket), data.size()),
                    data);
  return atcmd::Reply::ok();
}

}  // namespace quasimodem::commands
