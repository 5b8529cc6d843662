// SPDX-License-Identifier: Apache-2.0
// Sockets of the TCP/IP stack: opening, sending, receiving, states (M66 11).

#include "emulator/commands/setting.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {
namespace {

using device::PdpContext;
using device::Prompt;
using device::Role;
using device::Sessions;
using device::SocketState;
using device::Stream;
using device::TcpIpSettings;

constexpr Duration kOpenTimeout = 75s;      // MANUAL M66 11.1
constexpr std::size_t kLargestSend = 1460;  // MANUAL M66 11.2

Sessions sessions(Call& call) { return call.tcpip().sessions(); }
/// AT+QISRVC: which kind of socket a command means.
Role role(Call& call) { return call.tcpip().role; }

// ---- opening and closing ----

struct Target {
  int index = 0;
  std::string_view mode;
  std::string_view host;
  int port = 0;
};
constexpr std::array kTarget{
    atcmd::text<&Target::mode>("mode", 3, 3),
    atcmd::text<&Target::host>("ipaddr/domainname", 1, 150),
    atcmd::integer<&Target::port>("port", 0, 65535),
};
constexpr std::array kIndexedTarget{
    atcmd::integer<&Target::index>("index", 0, device::kSockets - 1),
    kTarget[0],
    kTarget[1],
    kTarget[2],
};

// AT+QIOPEN=[<index>,]"TCP"|"UDP","<host>",<port>                                                           [M66 11.1]
//   → OK, later [<index>, ]CONNECT OK or CONNECT FAIL; ALREADY CONNECT instead of OK with a single session
Reply open(Call& call, const std::vector<Argument>& arguments) {
  const bool multiple = call.tcpip().multiple_sessions;
  const auto args = multiple ? atcmd::arguments_as<Target>(kIndexedTarget, arguments, atcmd::Surplus::ignored)
                             : atcmd::arguments_as<Target>(kTarget, arguments, atcmd::Surplus::ignored);
  if (!args) return Reply::error();
  const auto transport = transport_named(args->mode);
  if (!transport) return Reply::error();
  if (!call.tcpip().host_is_name && !net::IpAddress::parse(args->host)) {
    // Quirk Q7: being lenient breaks no host, but this one would be in trouble with a module that is not.
    call.me().log().warning("QIOPEN to the name {} with QIDNSIP=0: a real module may refuse it", args->host);
  }
  const bool transparent = call.tcpip().transparent && !multiple;
  if (transparent && call.me().transparent_besides(call.context().id(), args->index)) return Reply::error();
  const auto opening =
      call.context().open(sessions(call), args->index,
                          {.transport = *transport,
                           .host = std::string{args->host},
                           .port = static_cast<std::uint16_t>(args->port),
                           .timeout = kOpenTimeout,
                           .delivery = transparent ? Stream::Delivery::transparent : Stream::Delivery::buffered});
  switch (opening) {
    case PdpContext::Opening::begun:
      call.own({Task::Kind::socket, call.context().id(), args->index});
      return Reply::ok();
    case PdpContext::Opening::already_connected: return Reply::result("ALREADY CONNECT");
    case PdpContext::Opening::refused: break;
  }
  return Reply::error();
}
// ASSUMED: the exact words of the two lines (at-reference 2.3 tells only that there are two).
Reply test_open(Call& call) {
  call.respond(std::vector<std::string>{"+QIOPEN: (\"TCP\",\"UDP\"),(\"(0-255).(0-255).(0-255).(0-255)\"),(1-65535)",
                                        "+QIOPEN: (\"TCP\",\"UDP\"),(\"domain name\"),(1-65535)"});
  return Reply::ok();
}

struct Index {
  int index = 0;
};
constexpr std::array kIndex{atcmd::integer<&Index::index>("index", 0, device::kSockets - 1).as_range()};

/// A socket of AT+QIOPEN or AT+QISERVER at this index, or null. Secure ones are for AT+QSSL* only.
Stream* plain_socket(Call& call, int index, Role role) {
  auto* socket = call.context().socket(index, role);
  return socket && !socket->secure() ? socket : nullptr;
}

// AT+QICLOSE[=<index>] → [<index>, ]CLOSE OK                                                                [M66 11.3]
Reply close(Call& call, int index) {
  if (!plain_socket(call, index, role(call))) return Reply::error();
  auto& context = call.context();
  const bool closed =
      role(call) == Role::client ? context.close(sessions(call), index) : context.server().close_client(index);
  return closed ? Reply::result(close_words(call.me(), index)) : Reply::error();
}
// The four cases of M66 11.3: a client's socket; with AT+QISRVC=2 the socket that came in, or the server itself.
// ASSUMED: with a single session the first QICLOSE ends the socket that came in, the next one the server.
Reply close_server(Call& call) {
  auto& server = call.context().server();
  const bool has_client = server.client(0) && server.client(0)->live();
  if (!call.tcpip().multiple_sessions && has_client) return close(call, 0);
  if (server.state() == device::Server::State::initial) return Reply::error();
  server.close();
  return Reply::result("CLOSE OK");
}
Reply close_only(Call& call) {
  if (role(call) == Role::server) return close_server(call);
  return call.tcpip().multiple_sessions ? Reply::error() : close(call, 0);
}
Reply close_index(Call& call, const Index& args) {
  return call.tcpip().multiple_sessions ? close(call, args.index) : Reply::error();
}

// ---- data ----

// AT+QISEND[=[<index>,]<length>] → prompt → data → SEND OK, SEND FAIL                                       [M66 11.2]
Reply send_result(Call& call, int index, Role role, ByteSpan data) {
  auto* socket = plain_socket(call, index, role);
  const auto sent = socket ? socket->send(data) : device::SendResult::not_connected;
  switch (sent) {
    case device::SendResult::blocked: return Reply::result("SEND FAIL");
    case device::SendResult::not_connected: return Reply::error();
    case device::SendResult::accepted: break;
  }
  switch (call.tcpip().prompt) {
    case Prompt::neither: return Reply::said();
    // ASSUMED: the punctuation; the manual says "socket ID" and SEND OK (at-reference 8).
    case Prompt::sign_and_numbered_result: return Reply::result(fmt::format("{}, SEND OK", index));
    case Prompt::result:
    case Prompt::sign_and_result: break;
  }
  return Reply::result("SEND OK");
}

Reply prompt_for_data(Call& call, int index, std::optional<std::size_t> length) {
  const auto* socket = plain_socket(call, index, role(call));
  if (!socket || socket->state() != SocketState::connected) return Reply::error();
  const auto& settings = call.tcpip();
  const bool sign = settings.prompt == Prompt::sign_and_result || settings.prompt == Prompt::sign_and_numbered_result;
  const bool auto_send = settings.auto_send && !length;
  // OBSERVED: drivers made on M95 and M66 send ATE0, never AT+QISDE, and take what follows the data for the result
  // (at-reference 2.4).
  const bool echoed = settings.echo_data && call.settings().dialogue.echo;
  return call.prompt({.length = length,
                      .limit = kLargestSend,
                      .echo = echoed ? atcmd::Echo::on : atcmd::Echo::off,
                      .sign = sign ? atcmd::PromptSign::shown : atcmd::PromptSign::hidden,
                      .send_after = auto_send ? std::optional<Duration>{settings.auto_send_time * 1s} : std::nullopt},
                     [index, role = role(call)](Call& resumed, const IntakeOutcome& outcome) {
                       // ASSUMED: OK after ESC, the 07.05 habit (at-reference 2.4).
                       if (outcome.end == IntakeOutcome::End::cancelled) return Reply::ok();
                       return send_result(resumed, index, role, outcome.data);
                     });
}

struct Send {
  int first = 0;
  std::optional<int> length;
};
constexpr std::array kSend{
    atcmd::integer<&Send::first>("index", 0, device::kSockets - 1),
    atcmd::integer<&Send::length>("length", 1, kLargestSend).optional(),
};
constexpr std::array kSendLength{atcmd::integer<&Send::length>("length", 1, kLargestSend)};

Reply send(Call& call, const std::vector<Argument>& arguments) {
  const auto args = call.tcpip().multiple_sessions ? atcmd::arguments_as<Send>(kSend, arguments)
                                                   : atcmd::arguments_as<Send>(kSendLength, arguments);
  if (!args) return Reply::error();
  return prompt_for_data(call, args->first, args->length);
}
Reply send_only(Call& call) {
  return call.tcpip().multiple_sessions ? Reply::error() : prompt_for_data(call, 0, std::nullopt);
}

// AT+QIRD=<id>,<sc>,<sid>,<length>                                                                         [M66 11.31]
//   → +QIRD: <ip>:<port>,<TCP|UDP>,<n> <data> OK, or just OK when nothing waits
struct Receive {
  int context = 0;
  int role = 1;
  int index = 0;
  int length = 1500;
};
constexpr Meaning kReceivers[] = {{1, "a socket of AT+QIOPEN"}, {2, "a client of AT+QISERVER"}};
constexpr std::array kReceive{
    atcmd::integer<&Receive::context>("id", 0, device::kContexts - 1).as_range(),
    atcmd::choice<&Receive::role>("sc", kReceivers).as_range(),
    atcmd::integer<&Receive::index>("sid", 0, device::kSockets - 1).as_range(),
    atcmd::integer<&Receive::length>("len", 1, 1500).as_range(),
};
Reply receive(Call& call, const Receive& args) {
  auto* socket = call.me().context(args.context).socket(args.index, static_cast<Role>(args.role));
  if (!socket || socket->secure()) return Reply::error();
  if (!socket->live() && !call.tcpip().keep_unread) return Reply::ok();
  return respond_received(call, "+QIRD", *socket, static_cast<std::size_t>(args.length));
}

// AT+QISACK[=<index>] → +QISACK: <sent>, <acked>, <nAcked>                                                  [M66 11.29]
Reply show_acknowledged(Call& call, int index) {
  const auto* socket = plain_socket(call, index, role(call));
  if (!socket) return Reply::error();
  const auto [sent, acknowledged] = socket->send_count();
  call.respond(fmt::format("+QISACK: {}, {}, {}", sent, acknowledged, sent - acknowledged));
  return Reply::ok();
}
Reply show_acknowledged_only(Call& call) {
  return call.tcpip().multiple_sessions ? Reply::error() : show_acknowledged(call, 0);
}
Reply show_acknowledged_index(Call& call, const Index& args) {
  return call.tcpip().multiple_sessions ? show_acknowledged(call, args.index) : Reply::error();
}

// ---- states ----

/// `STATE: IP STATUS` after the OK that comes first (quirk Q3). With ATV0 the state is its number.
void respond_state(Call& call) {
  call.write_result(ResultCode::ok);
  const auto state = call.context().state();
  call.respond(call.verbose() ? fmt::format("STATE: {}", state_text(call.context()))
                              : fmt::format("STATE: {}", static_cast<int>(state)));
}

// AT+QISTAT                                                                                                 [M66 11.9]
Reply show_status(Call& call) {
  if (!call.tcpip().multiple_sessions) {
    respond_state(call);
    return Reply::said();
  }
  std::vector<std::string> rows;
  for (int index = 0; index < device::kSockets; ++index) {
    const auto* socket = plain_socket(call, index, Role::client);
    rows.push_back(socket ? fmt::format("+QISTAT: {}, \"{}\", \"{}\", \"{}\"", index, transport_text(*socket),
                                        peer_text(*socket), socket->target().port)
                          : fmt::format("+QISTAT: {}, \"\", \"\", \"\"", index));
  }
  call.respond(rows);
  return Reply::ok();
}

// AT+QISTATE — with several sessions: OK, STATE, six rows, OK                                              [M66 11.10]
Reply show_states(Call& call) {
  respond_state(call);
  if (!call.tcpip().multiple_sessions) return Reply::said();
  std::vector<std::string> rows;
  for (int index = 0; index < device::kSockets; ++index) {
    const auto* listed = call.context().listed(index);
    const auto* socket = listed && !listed->secure() ? listed : nullptr;
    rows.push_back(socket ? fmt::format("+QISTATE: {}, \"{}\", \"{}\", {},\"{}\"", index, transport_text(*socket),
                                        peer_text(*socket), socket->target().port, socket_state_text(socket->state()))
                          : fmt::format("+QISTATE: {}, \"\", \"\", 0,\"INITIAL\"", index));
  }
  call.respond(rows);
  return Reply::ok();
}

constexpr Line kOpeningLines[] = {
    {"[<id>, ]CONNECT OK", Line::urc, "AT+QIOPEN succeeded"},
    {"CONNECT FAIL", Line::urc, "AT+QIOPEN or AT+QISERVER failed: refused, unreachable, not in time"},
    {"<id>, CONNECT FAIL", Line::urc, "AT+QIOPEN failed: refused, unreachable, not in time"},
    {"ALREADY CONNECT", Line::urc, "AT+QIOPEN: there is a connection already"},
    {"<id>, ALREADY CONNECT", Line::urc, "AT+QIOPEN: this socket is in use"},
    {"[<id>, ]CLOSED", Line::urc, "the peer, or the bearer, ended the connection", "M66 16.6"},
};
constexpr Line kSendingLines[] = {
    {"SEND OK", Line::result, "the data is in the send buffer; AT+QISACK tells what has arrived"},
    {"<id>, SEND OK", Line::result, "the data is in the send buffer"},
    {"[<id>, ]SEND FAIL", Line::error, "the send buffer is full; try again later"},
};
constexpr Line kClosingLines[] = {{"[<id>, ]CLOSE OK", Line::result, "the connection is closed"}};
constexpr Line kStackLines[] = {
    {"STATE: <state>", Line::response, "state of the TCP/IP stack", "", "state", kStackStates}};
constexpr Line kSocketLines[] = {{"+QISTATE: <id>, <protocol>, <address>, <port>,<socket state>", Line::response,
                                  "one socket", "", "socket state", kSocketStates}};
constexpr Meaning kRoles[] = {{1, "the client"}, {2, "the server"}};
constexpr Line kAcknowledgedLines[] = {
    {"+QISACK: <sent>, <acked>, <unacked>", Line::response, "octets sent, acknowledged by the peer, still under way"}};
constexpr Line kReceivedLines[] = {
    {"+QIRD: <peer>,<protocol>,<length>", Line::response, "so many octets of data follow, then OK"}};

constexpr std::array kCommands{
    Command{
        .name = "+QIOPEN",
        .summary = "Open a TCP or UDP socket",
        .manual = "M66 11.1",
        .write = atcmd::write_as_typed<&open>(kIndexedTarget).ignores_more(),  // OBSERVED: Zerynth's driver sends two
        .read = atcmd::answers_ok(),
        .test = atcmd::plain<&test_open>(),
        .lines = kOpeningLines},
    Command{.name = "+QISEND",
            .summary = "Send data",
            .manual = "M66 11.2",
            // MANUAL M66 11.2: one parameter with a single session, two with several; one more means that the host and
            // the module do not agree on AT+QIMUX.
            .write = atcmd::write_as_typed<&send>(kSend),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&send_only>(),
            .test_text = " <length>",
            .lines = kSendingLines,
            // With a single session the size is the only parameter; alone it may be an index as well.
            .payload = atcmd::Payload{.content = atcmd::Payload::Content::ordinary, .size_in = 1}},
    Command{.name = "+QICLOSE",
            .summary = "Close a socket",
            .manual = "M66 11.3",
            .write = atcmd::write<&close_index>(kIndex).ignores_more(),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&close_only>(),
            .test = atcmd::answers_ok(),
            .lines = kClosingLines},
    Command{.name = "+QISTAT",
            .summary = "State of the stack",
            .manual = "M66 11.9",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_status>(),
            .lines = kStackLines},
    Command{.name = "+QISTATE",
            .summary = "State of every socket",
            .manual = "M66 11.10",
            .confidence = Confidence::inferred,
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_states>(),
            .lines = kSocketLines},
    network_setting<&TcpIpSettings::role, kRoles>("+QISRVC", "Commands mean client or server", "M66 11.20"),
    Command{.name = "+QISACK",
            .summary = "Octets sent and acknowledged",
            .manual = "M66 11.29",
            .write = atcmd::write<&show_acknowledged_index>(kIndex).ignores_more(),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_acknowledged_only>(),
            .test = atcmd::answers_ok(),
            .lines = kAcknowledgedLines},
    Command{.name = "+QIRD",
            .summary = "Read received data",
            .manual = "M66 11.31",
            // MANUAL M66 11.31: four, none of them optional.
            .write = atcmd::write<&receive>(kReceive),
            .read = atcmd::answers_ok(),
            .lines = kReceivedLines},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSocketFamily{"TCP/IP sockets", kCommands};

}  // namespace quasimodem::commands
