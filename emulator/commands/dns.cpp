// SPDX-License-Identifier: Apache-2.0
// Name servers, names, ping and time (M66 11.12–11.14, 11.33, 11.34). Results follow the OK.

#include "emulator/commands/setting.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/name_query.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ping.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/time_sync.hpp"

namespace quasimodem::commands {
namespace {

using device::TcpIpSettings;

// AT+QIDNSCFG="<primary>"[,"<secondary>"] — until the next activation, which overwrites it                 [M66 11.12]
// OBSERVED M95 (field report 2): OK before AT+QIACT, where the manual forbids it.
using device::NameServers;
constexpr std::array kNameServers{
    atcmd::text<&NameServers::primary>("pridns", 7, 15),
    atcmd::text<&NameServers::secondary>("secdns", 7, 15).optional(),
};
Reply set_name_servers(Call& call, const NameServers& args) {
  const bool valid =
      net::IpAddress::parse(args.primary) && (args.secondary.empty() || net::IpAddress::parse(args.secondary));
  // ASSUMED: not while the stack is halted (quirk Q9).
  if (!valid || call.context().state() == device::TcpIpState::pdp_deact) return Reply::error();
  call.context().name_servers = args;
  return Reply::ok();
}
Reply show_name_servers(Call& call) {
  // ASSUMED: what the network gave, when the TE has set nothing.
  const auto or_default = [](const std::string& address, std::string_view standard) {
    return address.empty() ? std::string{standard} : address;
  };
  const auto& servers = call.context().name_servers;
  call.respond({fmt::format("PrimaryDns: {}", or_default(servers.primary, "8.8.8.8")),
                fmt::format("SecondaryDns: {}", or_default(servers.secondary, "0.0.0.0"))});
  return Reply::ok();
}

// AT+QIDNSGIP="<name>" → OK, later the addresses, or ERROR: <err> and the state [M66 11.13]
struct Name {
  std::string_view name;
};
constexpr std::array kName{atcmd::text<&Name::name>("domain name", 1, 100)};

// ASSUMED: without an active context, or when it is lost on the way, OK and then ERROR: 3; a second query while one is
// under way is refused.
Reply look_up(Call& call, const Name& args) {
  const bool begun = call.me().names().start(call.context(), std::string{args.name});
  if (!begun) return Reply::error();
  call.own({Task::Kind::name_query});
  return Reply::ok();
}

// AT+QPING="<host>"[,[<timeout>][,<pingnum>]] → OK, +QPING: lines [M66 11.33]
struct PingArgs {
  std::string_view host;
  int timeout = 1;
  int number = 4;
};
constexpr std::array kPing{
    atcmd::text<&PingArgs::host>("host", 1, 150),
    atcmd::integer<&PingArgs::timeout>("timeout", 1, 255).as_range().optional(1),
    atcmd::integer<&PingArgs::number>("pingnum", 1, 10).as_range().optional(4),
};
Reply ping(Call& call, const PingArgs& args) {
  call.own({Task::Kind::ping});
  call.me().pinger().start(call.context(), {std::string{args.host}, args.timeout * 1s, args.number});
  return Reply::ok();
}

// AT+QNTP[="<server>"[,<port>]] → OK, later +QNTP: <result>; sets the clock [M66 11.34]
struct TimeServer {
  std::string_view host;
  int port = 123;
};
constexpr std::array kTimeServer{
    atcmd::text<&TimeServer::host>("server", 1, 100),
    atcmd::integer<&TimeServer::port>("port", 1, 65535).as_range().optional(123),
};
Reply synchronise(Call& call) {
  call.own({Task::Kind::time_sync});
  call.me().time_sync().start(call.context());
  return Reply::ok();
}
Reply synchronise_with(Call& call, const TimeServer& args) {
  call.me().time_sync().set_server({std::string{args.host}, static_cast<std::uint16_t>(args.port)});
  return synchronise(call);
}
Reply show_time_server(Call& call) {
  const auto& server = call.me().time_sync().server();
  call.respond(fmt::format("+QNTP: \"{}\",{}", server.host, server.port));
  return Reply::ok();
}

constexpr Line kNameServerLines[] = {{"PrimaryDns: <address>", Line::response, "name server"},
                                     {"SecondaryDns: <address>", Line::response, "second name server"}};
constexpr Meaning kNameErrors[] = {{1, "not authorised"}, {2, "invalid parameter"}, {3, "network error"},
                                   {4, "no server"},      {5, "time-out"},          {6, "not configured"},
                                   {7, "no memory"},      {8, "unknown error"}};
constexpr Line kNameLines[] = {
    {"ERROR: <dns error>", Line::urc, "AT+QIDNSGIP: the name was not found", "", "dns error", kNameErrors}};
constexpr Meaning kHostForms[] = {{0, "AT+QIOPEN takes an address"}, {1, "AT+QIOPEN takes a name"}};
constexpr Meaning kPingResults[] = {{1, "no answer in time"},
                                    {3, "TCP/IP is busy"},
                                    {4, "the host was not found"},
                                    {5, "the PDP context could not be activated"}};
constexpr Line kPingLines[] = {
    {"+QPING: 0,<address>,<length>,<ms>,<ttl>", Line::urc, "the peer answered the ping"},
    {"+QPING: 2,<sent>,<received>,<lost>,<shortest ms>,<longest ms>,<average ms>", Line::urc, "ping: the end"},
    {"+QPING: <ping result>", Line::urc, "ping", "", "ping result", kPingResults},
};
constexpr Meaning kTimeResults[] = {{0, "the clock is set"},           {1, "unknown error"},
                                    {2, "the server does not answer"}, {3, "TCP/IP is busy"},
                                    {4, "the server was not found"},   {5, "the PDP context could not be activated"}};
constexpr Line kTimeServerLines[] = {{"+QNTP: <ntp result>", Line::urc,
                                      "the clock was set by a time server, or was not", "", "ntp result",
                                      kTimeResults}};

constexpr std::array kCommands{
    Command{.name = "+QIDNSCFG",
            .summary = "Name servers",
            .manual = "M66 11.12",
            .write = atcmd::write<&set_name_servers>(kNameServers).ignores_more(),
            .read = atcmd::plain<&show_name_servers>(),
            .test = atcmd::answers_ok(),
            .lines = kNameServerLines},
    Command{.name = "+QIDNSGIP",
            .summary = "Addresses of a name",
            .manual = "M66 11.13",
            .write = atcmd::write<&look_up>(kName).ignores_more(),
            .read = atcmd::answers_ok(),
            .test = atcmd::answers_ok(),
            .lines = kNameLines},
    network_setting<&TcpIpSettings::host_is_name, kHostForms>("+QIDNSIP", "Host is an address or a name", "M66 11.14"),
    Command{.name = "+QPING",
            .summary = "Echo requests to a host",
            .manual = "M66 11.33",
            .write = atcmd::write<&ping>(kPing).ignores_more(),
            .read = atcmd::answers_ok(),
            .lines = kPingLines},
    Command{.name = "+QNTP",
            .summary = "Set the clock from a time server",
            .manual = "M66 11.34",
            .write = atcmd::write<&synchronise_with>(kTimeServer).ignores_more(),
            .read = atcmd::plain<&show_time_server>(),
            .execution = atcmd::plain<&synchronise>(),
            .lines = kTimeServerLines},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kNamesFamily{"Names, ping and time", kCommands};

}  // namespace quasimodem::commands
