// SPDX-License-Identifier: Apache-2.0
// The TCP/IP stack, AT+QI* (M66 11). Errors are a plain ERROR whatever AT+CMEE says.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/commands/tcpip_text.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Argument;
using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;
using device::Connection;
using device::PdpContext;
using device::Sessions;
using device::SocketState;
using device::TcpIpSettings;

constexpr Duration kOpenTimeout = 75s;          // MANUAL M66 11.1
constexpr Duration kActivationTimeout = 150s;   // MANUAL M66 11.7
constexpr Duration kDeactivationTimeout = 40s;  // MANUAL M66 11.4
constexpr std::size_t kLargestSend = 1460;      // MANUAL M66 11.2

Sessions sessions(Call& call) { return call.me().tcpip.sessions(); }

// ---- context
// ---------------------------------------------------------------------------------------------------------

// AT+QIFGCNT=<id> — the context that all other commands act on                                             [M66 11.28]
struct Context {
  int id = 0;
};
constexpr std::array kContext{atcmd::integer<&Context::id>("id", 0, device::kContexts - 1).as_range()};

Reply set_foreground(Call& call, const Context& args) {
  call.me().set_foreground(args.id);
  return Reply::ok();
}
Reply show_foreground(Call& call) {
  constexpr int kFirstUart = 0;  // virtual UART 1; others exist with CMUX only
  call.respond(fmt::format("+QIFGCNT: {},{}", call.context().id(), kFirstUart));
  return Reply::ok();
}

// AT+QICSGP=<mode>[,"<apn>"[,"<user>","<password>"]]                                                         [M66 11.5]
struct BearerArgs {
  int mode = 1;
  std::optional<std::string> apn;
  std::string user;
  std::string password;
};
constexpr std::array kBearer{
    atcmd::integer<&BearerArgs::mode>("mode", 0, 1),
    atcmd::text<&BearerArgs::apn>("apn", 0, 100).optional(),
    atcmd::text<&BearerArgs::user>("user", 0, 100).optional(),
    atcmd::text<&BearerArgs::password>("password", 0, 100).optional(),
};
Reply set_bearer(Call& call, const BearerArgs& args) {
  auto& access = call.context().access;
  access.mode = args.mode;
  if (args.apn) access = {args.mode, *args.apn, args.user, args.password};
  return Reply::ok();
}
Reply show_bearer(Call& call) {
  call.respond(fmt::format("+QICSGP: {}", call.context().access.mode));
  return Reply::ok();
}
// ASSUMED: the exact words; the manual's syntax names the parameters of both bearers on a line each.
Reply test_bearer(Call& call) {
  call.respond(std::vector<std::string>{"+QICSGP: 0-CSD,DIAL NUMBER,USER NAME,PASSWORD,RATE(0-3)",
                                        "+QICSGP: 1-GPRS,APN,USER NAME,PASSWORD"});
  return Reply::ok();
}

// AT+QIREGAPP[="<apn>","<user>","<password>"] — only in IP INITIAL                                          [M66 11.6]
struct Registration {
  std::string apn;
  std::string user;
  std::string password;
};
constexpr std::array kRegistration{
    atcmd::text<&Registration::apn>("apn", 0, 100),
    atcmd::text<&Registration::user>("user", 0, 100).optional(),
    atcmd::text<&Registration::password>("password", 0, 100).optional(),
};
Reply register_application(Call& call) { return call.context().register_application() ? Reply::ok() : Reply::error(); }
Reply register_with_access(Call& call, const Registration& args) {
  if (!call.context().register_application()) return Reply::error();
  call.context().access = {call.context().access.mode, args.apn, args.user, args.password};
  return Reply::ok();
}
Reply show_registration(Call& call) {
  const auto& access = call.context().access;
  call.respond(fmt::format("+QIREGAPP: {},{},{}", access.apn, access.user, access.password));
  return Reply::ok();
}

// AT+QIACT — one final result, after up to 150 s                                                            [M66 11.7]
Reply activate(Call& call) {
  const auto responder = call.hold(kActivationTimeout);
  const bool begun = call.context().activate(
      [responder](bool succeeded) { responder.finish(succeeded ? Reply::ok() : Reply::error()); });
  return begun ? Reply::held() : Reply::error();
}

// AT+QIDEACT → DEACT OK, also in IP INITIAL (quirk Q5)                                                      [M66 11.4]
Reply deactivate(Call& call) {
  const auto responder = call.hold(kDeactivationTimeout);
  call.ta().close_tunnel_of(call.context().id());
  call.context().deactivate([responder] { responder.finish(Reply::result("DEACT OK")); });
  return Reply::held();
}

// AT+QILOCIP → the address and nothing else, no OK                                                          [M66 11.8]
Reply show_local_address(Call& call) {
  const auto address = call.context().query_local_address();
  if (!address) return Reply::error();
  call.respond(address->text());
  return Reply::said();
}

// ---- settings that need more than storing
// ----------------------------------------------------------------------------

// AT+QIMUX=<mode>, AT+QIMODE=<mode> — not while a connection is open                               [M66 11.23, 11.26]
struct Mode {
  int mode = 0;
};
constexpr std::array kMode{atcmd::integer<&Mode::mode>("mode", 0, 1).as_range()};

template <int TcpIpSettings::*Member>
Reply set_mode(Call& call, const Mode& args) {
  // ASSUMED: storing the value that already holds is never refused (quirk Q12 tells only that ERROR happens).
  if (call.me().tcpip.*Member != args.mode && call.context().any_live()) return Reply::error();
  call.me().tcpip.*Member = args.mode;
  return Reply::ok();
}

// AT+QITCFG=<NmRetry>,<WaitTm>,<SendSz>,<esc>                                                              [M66 11.24]
struct Transparent {
  int retries = 3;
  int wait = 2;
  int send_size = 1024;
  int escape = 1;
};
constexpr std::array kTransparent{
    atcmd::integer<&Transparent::retries>("NmRetry", 1, 8).as_range(),
    atcmd::integer<&Transparent::wait>("WaitTm", 1, 20).as_range(),
    atcmd::integer<&Transparent::send_size>("SendSz", 1, 1460).as_range(),
    atcmd::integer<&Transparent::escape>("esc", 0, 1).as_range(),
};
Reply set_transparent(Call& call, const Transparent& args) {
  auto& settings = call.me().tcpip;
  if (settings.multiple_sessions) return Reply::error();
  settings.retries = args.retries;
  settings.wait = args.wait;
  settings.send_size = args.send_size;
  settings.escape = args.escape;
  return Reply::ok();
}
Reply show_transparent(Call& call) {
  const auto& settings = call.me().tcpip;
  call.respond(
      fmt::format("+QITCFG: {},{},{},{}", settings.retries, settings.wait, settings.send_size, settings.escape));
  return Reply::ok();
}

// AT+QIDNSCFG="<primary>"[,"<secondary>"] — after activation, which overwrites it                          [M66 11.12]
struct NameServers {
  std::string primary;
  std::string secondary;
};
constexpr std::array kNameServers{
    atcmd::text<&NameServers::primary>("pridns", 7, 15),
    atcmd::text<&NameServers::secondary>("secdns", 7, 15).optional(),
};
Reply set_name_servers(Call& call, const NameServers& args) {
  const bool valid =
      net::IpAddress::parse(args.primary) && (args.secondary.empty() || net::IpAddress::parse(args.secondary));
  if (!valid || !call.context().active()) return Reply::error();
  call.me().tcpip.primary_dns = args.primary;
  call.me().tcpip.secondary_dns = args.secondary;
  return Reply::ok();
}
Reply show_name_servers(Call& call) {
  // ASSUMED: what the network gave, when the TE has set nothing.
  const auto or_default = [](const std::string& address, std::string_view standard) {
    return address.empty() ? std::string{standard} : address;
  };
  const auto& settings = call.me().tcpip;
  call.respond({fmt::format("PrimaryDns: {}", or_default(settings.primary_dns, "8.8.8.8")),
                fmt::format("SecondaryDns: {}", or_default(settings.secondary_dns, "0.0.0.0"))});
  return Reply::ok();
}

// ---- opening and closing
// ---------------------------------------------------------------------------------------------

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
  const bool multiple = call.me().tcpip.multiple_sessions;
  // OBSERVED: Zerynth's driver appends two parameters that no manual knows.
  const auto args = multiple ? atcmd::arguments_as<Target>(kIndexedTarget, arguments, atcmd::Surplus::ignored)
                             : atcmd::arguments_as<Target>(kTarget, arguments, atcmd::Surplus::ignored);
  if (!args) return Reply::error();
  const auto transport = transport_named(args->mode);
  if (!transport) return Reply::error();
  if (!call.me().tcpip.host_is_name && !net::IpAddress::parse(args->host)) {
    // Quirk Q7: being lenient breaks no host, but this one would be in trouble with a module that is not.
    call.me().log().warning("QIOPEN to the name {} with QIDNSIP=0: a real module may refuse it", args->host);
  }
  const bool transparent = call.me().tcpip.transparent && !multiple;
  if (transparent && call.me().transparent_besides(args->index)) return Reply::error();
  const auto opening = call.context().open(
      sessions(call), args->index,
      {.transport = *transport,
       .host = std::string{args->host},
       .port = static_cast<std::uint16_t>(args->port),
       .timeout = kOpenTimeout,
       .delivery = transparent ? Connection::Delivery::transparent : Connection::Delivery::buffered});
  switch (opening) {
    case PdpContext::Opening::begun: return Reply::ok();
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

/// A socket of AT+QIOPEN at this index, or null. Secure ones are for AT+QSSL* only.
Connection* plain_socket(Call& call, int index) {
  auto* socket = call.context().socket(index);
  return socket && !socket->secure() ? socket : nullptr;
}

// AT+QICLOSE[=<index>] → [<index>, ]CLOSE OK                                                                [M66 11.3]
Reply close(Call& call, int index) {
  auto* socket = plain_socket(call, index);
  const bool transparent = socket && socket->target().delivery == Connection::Delivery::transparent;
  if (!socket || !call.context().close(sessions(call), index)) return Reply::error();
  if (transparent) call.ta().close_tunnel({});
  return Reply::result(of_socket(call.me().tcpip, index, "CLOSE OK"));
}
Reply close_only(Call& call) { return call.me().tcpip.multiple_sessions ? Reply::error() : close(call, 0); }
Reply close_index(Call& call, const Index& args) {
  return call.me().tcpip.multiple_sessions ? close(call, args.index) : Reply::error();
}

// ---- data
// ------------------------------------------------------------------------------------------------------------

// AT+QISEND[=[<index>,]<length>] → prompt → data → SEND OK, SEND FAIL                                       [M66 11.2]
Reply send_result(Call& call, int index, ByteSpan data) {
  auto* socket = plain_socket(call, index);
  const auto sent = socket ? socket->send(data) : device::SendResult::not_connected;
  switch (sent) {
    case device::SendResult::blocked: return Reply::result("SEND FAIL");
    case device::SendResult::not_connected: return Reply::error();
    case device::SendResult::accepted: break;
  }
  switch (call.me().tcpip.prompt) {
    case 2: return Reply::said();
    // ASSUMED: the punctuation; the manual says "socket ID" and SEND OK (at-reference 8).
    case 3: return Reply::result(fmt::format("{}, SEND OK", index));
    default: return Reply::result("SEND OK");
  }
}

Reply prompt_for_data(Call& call, int index, std::optional<std::size_t> length) {
  const auto* socket = plain_socket(call, index);
  if (!socket || socket->state() != SocketState::connected) return Reply::error();
  const auto& settings = call.me().tcpip;
  const bool sign = settings.prompt == 1 || settings.prompt == 3;
  return call.prompt({.length = length,
                      .limit = kLargestSend,
                      .echo = settings.echo_data ? atcmd::Echo::on : atcmd::Echo::off,
                      .sign = sign ? atcmd::PromptSign::shown : atcmd::PromptSign::hidden},
                     [&ta = call.ta(), index](atcmd::Call& channel_call, const atcmd::IntakeOutcome& outcome) {
                       // ASSUMED: OK after ESC, the 07.05 habit (at-reference 2.4).
                       if (outcome.end == atcmd::IntakeOutcome::End::cancelled) return Reply::ok();
                       Call resumed{channel_call.channel(), ta};
                       return send_result(resumed, index, outcome.data);
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
  const auto args = call.me().tcpip.multiple_sessions ? atcmd::arguments_as<Send>(kSend, arguments)
                                                      : atcmd::arguments_as<Send>(kSendLength, arguments);
  if (!args) return Reply::error();
  return prompt_for_data(call, args->first, args->length);
}
Reply send_only(Call& call) {
  return call.me().tcpip.multiple_sessions ? Reply::error() : prompt_for_data(call, 0, std::nullopt);
}

// AT+QIRD=<id>,<sc>,<sid>,<length>                                                                         [M66 11.31]
//   → +QIRD: <ip>:<port>,<TCP|UDP>,<n> <data> OK, or just OK when nothing waits
struct Receive {
  int context = 0;
  int role = 1;
  int index = 0;
  int length = 1500;
};
constexpr std::array kReceive{
    atcmd::integer<&Receive::context>("id", 0, device::kContexts - 1).as_range(),
    atcmd::integer<&Receive::role>("sc", 1, 2).as_range(),
    atcmd::integer<&Receive::index>("sid", 0, device::kSockets - 1).as_range(),
    atcmd::integer<&Receive::length>("len", 1, 1500).as_range(),
};
Reply receive(Call& call, const Receive& args) {
  auto* socket = call.me().context(args.context).socket(args.index);
  if (!socket || socket->secure()) return Reply::error();
  return respond_received(call, "+QIRD", *socket, static_cast<std::size_t>(args.length));
}

// AT+QISACK[=<index>] → +QISACK: <sent>, <acked>, <nAcked>                                                  [M66 11.29]
Reply show_acknowledged(Call& call, int index) {
  const auto* socket = plain_socket(call, index);
  if (!socket) return Reply::error();
  const auto [sent, acknowledged] = socket->send_count();
  call.respond(fmt::format("+QISACK: {}, {}, {}", sent, acknowledged, sent - acknowledged));
  return Reply::ok();
}
Reply show_acknowledged_only(Call& call) {
  return call.me().tcpip.multiple_sessions ? Reply::error() : show_acknowledged(call, 0);
}
Reply show_acknowledged_index(Call& call, const Index& args) {
  return call.me().tcpip.multiple_sessions ? show_acknowledged(call, args.index) : Reply::error();
}

// ---- states
// ----------------------------------------------------------------------------------------------------------

/// `STATE: IP STATUS` after the OK that comes first (quirk Q3). With ATV0 the state is its number.
void respond_state(Call& call) {
  call.write_result(atcmd::ResultCode::ok);
  const auto state = call.context().state();
  call.respond(call.verbose() ? fmt::format("STATE: {}", state_text(call.context()))
                              : fmt::format("STATE: {}", static_cast<int>(state)));
}

// AT+QISTAT                                                                                                 [M66 11.9]
Reply show_status(Call& call) {
  if (!call.me().tcpip.multiple_sessions) {
    respond_state(call);
    return Reply::said();
  }
  std::vector<std::string> rows;
  for (int index = 0; index < device::kSockets; ++index) {
    const auto* socket = plain_socket(call, index);
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
  if (!call.me().tcpip.multiple_sessions) return Reply::said();
  std::vector<std::string> rows;
  for (int index = 0; index < device::kSockets; ++index) {
    const auto* socket = plain_socket(call, index);
    rows.push_back(socket ? fmt::format("+QISTATE: {}, \"{}\", \"{}\", {},\"{}\"", index, transport_text(*socket),
                                        peer_text(*socket), socket->target().port, socket_state_text(socket->state()))
                          : fmt::format("+QISTATE: {}, \"\", \"\", 0,\"INITIAL\"", index));
  }
  call.respond(rows);
  return Reply::ok();
}

constexpr std::array kCommands{
    Command{.name = "+QIOPEN",
            .summary = "Open a TCP or UDP socket",
            .manual = "M66 11.1",
            .write = atcmd::write_as_typed<&open>(kIndexedTarget),
            .read = atcmd::answers_ok(),
            .test = atcmd::plain<&test_open>()},
    Command{.name = "+QISEND",
            .summary = "Send data",
            .manual = "M66 11.2",
            .write = atcmd::write_as_typed<&send>(kSend),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&send_only>(),
            .test_text = " <length>"},
    Command{.name = "+QICLOSE",
            .summary = "Close a socket",
            .manual = "M66 11.3",
            .write = atcmd::write<&close_index>(kIndex),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&close_only>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QIDEACT",
            .summary = "Deactivate the context",
            .manual = "M66 11.4",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&deactivate>()},
    Command{.name = "+QICSGP",
            .summary = "Bearer and access point",
            .manual = "M66 11.5",
            .write = atcmd::write<&set_bearer>(kBearer),
            .read = atcmd::plain<&show_bearer>(),
            .test = atcmd::plain<&test_bearer>()},
    Command{.name = "+QIREGAPP",
            .summary = "Start the TCP/IP stack",
            .manual = "M66 11.6",
            .write = atcmd::write<&register_with_access>(kRegistration),
            .read = atcmd::plain<&show_registration>(),
            .execution = atcmd::plain<&register_application>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QIACT",
            .summary = "Activate the context",
            .manual = "M66 11.7",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&activate>()},
    Command{.name = "+QILOCIP",
            .summary = "Local address",
            .manual = "M66 11.8",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_local_address>()},
    Command{.name = "+QISTAT",
            .summary = "State of the stack",
            .manual = "M66 11.9",
            .execution = atcmd::plain<&show_status>()},
    Command{.name = "+QISTATE",
            .summary = "State of every socket",
            .manual = "M66 11.10",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&show_states>()},
    Command{.name = "+QIDNSCFG",
            .summary = "Name servers",
            .manual = "M66 11.12",
            .write = atcmd::write<&set_name_servers>(kNameServers),
            .read = atcmd::plain<&show_name_servers>(),
            .test = atcmd::answers_ok()},
    setting<&TcpIpSettings::host_is_name, 0, 1>("+QIDNSIP", "Host is an address or a name", "M66 11.14"),
    setting<&TcpIpSettings::head, 0, 1>("+QIHEAD", "IPD header before pushed data", "M66 11.15"),
    setting<&TcpIpSettings::prompt, 0, 3>("+QIPROMPT", "Prompt and SEND OK", "M66 11.17"),
    setting<&TcpIpSettings::role, 1, 2>("+QISRVC", "Commands mean client or server", "M66 11.20"),
    setting<&TcpIpSettings::show_remote, 0, 1>("+QISHOWRA", "Show the sender of pushed data", "M66 11.21"),
    Command{.name = "+QIMODE",
            .summary = "Transparent mode",
            .manual = "M66 11.23",
            .write = atcmd::write<&set_mode<&TcpIpSettings::transparent>>(kMode),
            .read = {.run = &SettingOf<&TcpIpSettings::transparent>::show},
            .test_text = "(0-NORMAL MODE,1-TRANSPARENT MODE)"},
    Command{.name = "+QITCFG",
            .summary = "Packets of transparent mode",
            .manual = "M66 11.24",
            .write = atcmd::write<&set_transparent>(kTransparent),
            .read = atcmd::plain<&show_transparent>()},
    setting<&TcpIpSettings::show_protocol, 0, 1>("+QISHOWPT", "Show the protocol in the IPD header", "M66 11.25"),
    Command{.name = "+QIMUX",
            .summary = "Several sessions at once",
            .manual = "M66 11.26",
            .write = atcmd::write<&set_mode<&TcpIpSettings::multiple_sessions>>(kMode),
            .read = {.run = &SettingOf<&TcpIpSettings::multiple_sessions>::show}},
    setting<&TcpIpSettings::show_local, 0, 1>("+QISHOWLA", "Show the local address of pushed data", "M66 11.27"),
    Command{.name = "+QIFGCNT",
            .summary = "Foreground context",
            .manual = "M66 11.28",
            .write = atcmd::write<&set_foreground>(kContext),
            .read = atcmd::plain<&show_foreground>()},
    Command{.name = "+QISACK",
            .summary = "Octets sent and acknowledged",
            .manual = "M66 11.29",
            .write = atcmd::write<&show_acknowledged_index>(kIndex),
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_acknowledged_only>(),
            .test = atcmd::answers_ok()},
    setting<&TcpIpSettings::notify, 0, 1>("+QINDI", "Push received data or tell of it", "M66 11.30"),
    Command{.name = "+QIRD",
            .summary = "Read received data",
            .manual = "M66 11.31",
            .write = atcmd::write<&receive>(kReceive),
            .read = atcmd::answers_ok()},
    setting<&TcpIpSettings::echo_data, 0, 1>("+QISDE", "Echo data at the prompt", "M66 11.32"),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kTcpIpFamily{"TCP/IP", kCommands};

}  // namespace quasimodem::commands
