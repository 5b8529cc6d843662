// SPDX-License-Identifier: Apache-2.0
// Server mode of the TCP/IP stack (M66 11.11, 11.18, 11.19).

#include "emulator/commands/family.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {
namespace {

using device::Server;
using device::Stream;

// AT+QILPORT="TCP"|"UDP",<port>                                                                             [M66 11.19]
struct LocalPort {
  std::string_view mode;
  int port = 0;
};
constexpr std::array kLocalPort{
    atcmd::text<&LocalPort::mode>("mode", 3, 3),
    atcmd::integer<&LocalPort::port>("port", 0, 65535),
};
Reply set_local_port(Call& call, const LocalPort& args) {
  const auto transport = transport_named(args.mode);
  if (!transport) return Reply::error();
  auto& settings = call.tcpip();
  (*transport == net::Transport::tcp ? settings.tcp_port : settings.udp_port) = args.port;
  return Reply::ok();
}
Reply show_local_ports(Call& call) {
  const auto& settings = call.tcpip();
  call.respond({fmt::format("TCP: {}", settings.tcp_port), fmt::format("UDP: {}", settings.udp_port)});
  return Reply::ok();
}

// AT+QISERVER[=<type>[,<max>]] → OK, later SERVER OK or CONNECT FAIL                                        [M66 11.18]
struct Serve {
  int type = 0;
  std::optional<int> most_clients;
};
constexpr std::array kServe{
    atcmd::integer<&Serve::type>("type", 0, 1).as_range(),
    atcmd::integer<&Serve::most_clients>("max", 1, device::kServerClients).as_range().optional(),
};
Reply serve(Call& call, const Serve& args) {
  const auto& settings = call.tcpip();
  if (args.most_clients && !settings.multiple_sessions) return Reply::error();
  // ASSUMED: <type> 1 is UDP, and whoever sends the first datagram is a client like any other: `REMOTE IP`, an index.
  const auto transport = args.type == 0 ? net::Transport::tcp : net::Transport::udp;
  const int port = transport == net::Transport::tcp ? settings.tcp_port : settings.udp_port;
  // ASSUMED: without AT+QILPORT there is nothing to listen on.
  if (port == 0) return Reply::error();
  auto& context = call.context();
  const int most = settings.multiple_sessions ? args.most_clients.value_or(device::kServerClients) : 1;
  const bool transparent = settings.transparent && !settings.multiple_sessions;
  if (!context.serve(transport, static_cast<std::uint16_t>(port), most)) return Reply::error();
  call.own({Task::Kind::server, context.id()});
  context.server().delivery = transparent ? Stream::Delivery::transparent : Stream::Delivery::buffered;
  return Reply::ok();
}
Reply serve_tcp(Call& call) { return serve(call, {}); }
Reply show_server(Call& call) {
  const auto& server = call.context().server();
  call.respond(
      fmt::format("+QISERVER: {}, {}", server.transport() == net::Transport::tcp ? 0 : 1, server.most_clients()));
  return Reply::ok();
}

// AT+QISSTAT → OK, then S: <state>; with several sessions a C: line for every client                        [M66 11.11]
std::string_view server_state_text(Server::State state) {
  switch (state) {
    case Server::State::initial: return "INITIAL";
    case Server::State::opening: return "OPENNING";  // MANUAL: the firmware's spelling
    case Server::State::listening: return "LISTENING";
    case Server::State::closing: return "CLOSING";
  }
  return {};
}

Reply show_server_state(Call& call) {
  auto& server = call.context().server();
  call.write_result(ResultCode::ok);
  std::vector<std::string> lines{fmt::format("S: {}", server_state_text(server.state()))};
  // ASSUMED: the quotes, as AT+QISTAT has them.
  for (int index = 0; call.tcpip().multiple_sessions && index < device::kServerClients; ++index) {
    const auto* client = server.client(index);
    const bool there = client && client->live();
    lines.push_back(there ? fmt::format("C: {},\"{}\",\"{}\",{}", index, transport_text(*client), peer_text(*client),
                                        client->target().port)
                          : fmt::format("C: {},\"\",\"\",\"\"", index));
  }
  call.respond(lines);
  return Reply::said();
}

constexpr Line kServerLines[] = {
    {"SERVER OK", Line::urc, "AT+QISERVER listens"},
    {"SERVER CLOSE", Line::urc, "the server was closed"},
    {"[<id>, ]REMOTE IP: <address>", Line::urc, "a client connected to the server"},
};

constexpr std::array kCommands{
    Command{.name = "+QISSTAT",
            .summary = "State of the server",
            .manual = "M66 11.11",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_server_state>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QISERVER",
            .summary = "Listen for connections",
            .manual = "M66 11.18",
            .write = atcmd::write<&serve>(kServe).ignores_more(),
            .read = atcmd::plain<&show_server>(),
            .execution = atcmd::plain<&serve_tcp>(),
            .lines = kServerLines},
    Command{.name = "+QILPORT",
            .summary = "Local port",
            .manual = "M66 11.19",
            .write = atcmd::write<&set_local_port>(kLocalPort).ignores_more(),
            .read = atcmd::plain<&show_local_ports>(),
            .test = atcmd::answers_ok()},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kServerFamily{"TCP/IP server", kCommands};

}  // namespace quasimodem::commands
