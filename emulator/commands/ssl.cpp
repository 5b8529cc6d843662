// SPDX-License-Identifier: Apache-2.0
// Secure sockets, AT+QSSL* (SSL 2.2.1 – 2.2.6). Errors are a plain ERROR whatever AT+CMEE says. The note states how
// many parameters each takes, and no host is known that sends more: one too many is an ERROR.
#include <algorithm>
#include <charconv>

#include "emulator/commands/family.hpp"
#include "emulator/commands/firmware_command.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "storage/file_name.hpp"

namespace quasimodem::commands {
namespace {

using device::PdpContext;
using device::SocketState;
using device::SslContext;
using device::SslSettings;
using device::Stream;

constexpr std::size_t kLargestSend = 1460;  // SSL 2.2.4

// ---- AT+QSSLCFG ----
//
// A selector: its first parameter names a setting. What is the same for all of them, such as "value left
// out = query", is written once; a row knows only how its own value is read and shown.

using Values = std::span<const Argument>;

/// A number, a flag or an enumeration.
template <class Number>
bool store(Number& target, const Param& value, Values typed) {
  const bool valid = typed.size() == 1 && takes(value, typed[0]);
  if (valid) target = static_cast<Number>(*atcmd::parse_integer(typed[0].text));
  return valid;
}

// <cacertname> … are not looked up before a connection is opened.
// ASSUMED: a name that is no file name at all is refused; the empty name takes the setting back.
bool store(std::string& target, const Param&, Values typed) {
  if (typed.size() != 1 || typed[0].omitted()) return false;
  const auto& name = typed[0].text;
  if (!name.empty() && !storage::SecurityFileName::parse(name, storage::NvramNames::any)) return false;
  target = name;
  return true;
}

constexpr int kEverySuite = 0xFFFF;

/// `0X0035` or `0xffff`.
std::optional<int> parse_suite(std::string_view text) {
  if (!text.starts_with("0X") && !text.starts_with("0x")) return std::nullopt;
  std::uint16_t code = 0;  // more digits, or a sign, are refused
  const auto [end, problem] = std::from_chars(text.data() + 2, text.data() + text.size(), code, 16);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return code;
}

/// "list of supported <ciphersuite>s". ASSUMED: separated by `,` `:` or `;`, each code quoted or all of them together;
/// the note shows a single one only.
bool store(device::SuiteList& target, const Param&, Values typed) {
  device::SuiteList list;
  bool every = false;
  for (const auto& value : typed) {
    std::string_view rest = value.text;
    do {
      const auto code_text = rest.substr(0, rest.find_first_of(",:;"));
      rest.remove_prefix(std::min(rest.size(), code_text.size() + 1));
      const auto code = parse_suite(code_text);
      if (!code) return false;
      const auto suite = static_cast<tls::CipherSuite>(*code);
      every = every || *code == kEverySuite;
      if (*code == kEverySuite) continue;
      if (std::find(tls::kAllCipherSuites.begin(), tls::kAllCipherSuites.end(), suite) == tls::kAllCipherSuites.end())
        return false;
      list.push_back(suite);
    } while (!rest.empty());
  }
  target = every ? device::SuiteList{} : std::move(list);
  return true;
}

template <class Number>
std::string show(Number value) {
  return std::to_string(static_cast<int>(value));
}
std::string show(const std::string& name) { return fmt::format("\"{}\"", name); }
std::string show(const device::SuiteList& list) {
  if (list.empty()) return fmt::format("0X{:04X}", kEverySuite);
  std::string text;
  for (const auto suite : list)
    text += fmt::format("{}0X{:04X}", text.empty() ? "" : ",", static_cast<unsigned>(suite));
  return text;
}

std::optional<std::size_t> context_number(Values values) {
  const auto number = values.empty() ? std::nullopt : atcmd::parse_integer(values[0].text);
  if (!number || *number < 0 || *number >= device::kSslContexts) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

/// Where the setting is: in the context that `values` begin with, or in the whole module. Null: no such context.
SslContext* home(Call& call, SslContext*, Values& values) {
  const auto number = context_number(values);
  if (!number) return nullptr;
  values = values.subspan(1);
  return &call.me().ssl().settings.contexts[*number];
}
SslSettings* home(Call& call, SslSettings*, Values&) { return &call.me().ssl().settings; }

/// MANUAL SSL 2.2.1: in NVRAM the name says what a file is: CA0 and CA1, CC0, CK0. RAM files have any name, and with
/// firmware after V3.1 of the note those in NVRAM too (field report 7). Which names NVRAM has is the firmware's.
bool suits(Call& call, std::string_view nvram_files, Values values) {
  if (nvram_files.empty() || values.size() != 1 || values[0].text.empty()) return true;
  const auto name = call.me().ssl().file(values[0].text);
  return name && (call.me().firmware().nvram_names || name->volume() == storage::Volume::ram ||
                  name->file().starts_with(nvram_files));
}

/// `FileKind`: of the names in NVRAM that can be this, the second letter.
template <auto Member, char FileKind = '\0'>
Reply configure(const Selector& row, atcmd::Call& channel_call, Values values) {
  auto& call = static_cast<Call&>(channel_call);
  auto* owner = home(call, static_cast<typename atcmd::detail::MemberOf<decltype(Member)>::Owner*>(nullptr), values);
  if (!owner) return Reply::error();
  if (!values.empty()) {
    constexpr char kFiles[] = {'C', FileKind, '\0'};
    const bool stored = suits(call, FileKind ? kFiles : "", values) && store(owner->*Member, row.value, values);
    return stored ? Reply::ok() : Reply::error();
  }
  // MANUAL SSL 2.2.1: the answer to a query spells this name without its first "s".
  const auto name = row.name == "smtpsctxi" ? "smtpctxi" : row.name;
  call.respond(fmt::format("+QSSLCFG: \"{}\",{}", name, show(owner->*Member)));
  return Reply::ok();
}

// AT+QSSLCFG="ctxindex",<ctxindex> → all settings of one context
Reply show_context(const Selector&, atcmd::Call& call, Values values) {
  const auto number = values.size() == 1 ? context_number(values) : std::nullopt;
  if (!number) return Reply::error();
  const auto& c = static_cast<Call&>(call).me().ssl().settings.contexts[*number];
  call.respond(fmt::format("+QSSLCFG: {},{},{},{},{},{},{}", *number, show(c.version), show(c.security), show(c.suites),
                           show(c.ca_certificate), show(c.client_certificate), show(c.client_key)));
  return Reply::ok();
}

// AT+QSSLCFG="<type>"[,<ctxindex>][,<value>] — value left out: query                                        [SSL 2.2.1]
constexpr auto kContextIndex = atcmd::integer("ctxindex", 0, device::kSslContexts - 1);
constexpr std::array kConfiguration{
    atcmd::text("type", 3, 13),
    kContextIndex.optional(),
    atcmd::text("value", 0, 84).optional(),
};

constexpr Meaning kVersions[] = {
    {0, "SSL 3.0"}, {1, "TLS 1.0"}, {2, "TLS 1.1"}, {3, "TLS 1.2"}, {4, "the highest that both sides have"}};
constexpr Meaning kSecurityLevels[] = {{0, "nobody is authenticated"},
                                       {1, "the server's chain must end at cacert"},
                                       {2, "the same, and the module shows clientcert when asked"}};
constexpr Meaning kSuites[] = {
    {"0X0035", "TLS_RSA_WITH_AES_256_CBC_SHA"},
    {"0X002F", "TLS_RSA_WITH_AES_128_CBC_SHA"},
    {"0X0005", "TLS_RSA_WITH_RC4_128_SHA"},
    {"0X0004", "TLS_RSA_WITH_RC4_128_MD5"},
    {"0X000A", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
    {"0X003D", "TLS_RSA_WITH_AES_256_CBC_SHA256"},
    {"0XFFFF", "all six"},
};
constexpr Meaning kClocks[] = {{0, "validity is judged by the module's clock"}, {1, "validity is not looked at"}};
constexpr Meaning kServerNames[] = {{0, "ClientHello names no server"}, {1, "it names the host, unless by address"}};
constexpr Meaning kHttps[] = {{0, "HTTP without SSL"}, {1, "HTTP over SSL"}};

constexpr Param file(std::string_view name, std::string_view what) {
  return atcmd::text(name, 0, 84).described_as(what);
}
constexpr Selector kSelectors[] = {
    {"ctxindex", kContextIndex, false, &show_context},
    {"sslversion", atcmd::choice("sslversion", kVersions), true, &configure<&SslContext::version>},
    {"seclevel", atcmd::choice("seclevel", kSecurityLevels), true, &configure<&SslContext::security>},
    {"ciphersuite", atcmd::text("ciphersuite", 0, 84).only(kSuites), true, &configure<&SslContext::suites>},
    {"cacert", file("cacertname", "the file of a CA certificate"), true, &configure<&SslContext::ca_certificate, 'A'>},
    {"clientcert", file("clientcertname", "the file of the client certificate"), true,
     &configure<&SslContext::client_certificate, 'C'>},
    {"clientkey", file("clientkeyname", "the file of the client's key"), true,
     &configure<&SslContext::client_key, 'K'>},
    // Not in the note. ASSUMED: it is as the others of a context, and "ctxindex" does not show it.
    depending_on<&device::Firmware::sni>(
        "sni", Selector{"sni", atcmd::choice("sni", kServerNames), true, &configure<&SslContext::tells_name>}),
    {"ignorertctime", atcmd::choice("ignorertctime", kClocks), false, &configure<&SslSettings::ignore_rtc_time>},
    {"https", atcmd::choice("https", kHttps), false, &configure<&SslSettings::https>},
    {"httpsctxi", atcmd::integer("httpsctxindex", 0, device::kSslContexts - 1), false,
     &configure<&SslSettings::https_context>},
    {"smtpstyle", atcmd::integer("smtpstyle", 0, 2), false, &configure<&SslSettings::smtp_style>},
    {"smtpsctxi", atcmd::integer("smtpsctxindex", 0, device::kSslContexts - 1), false,
     &configure<&SslSettings::smtps_context>},
};

// ---- AT+QSSLOPEN ----

// AT+QSSLOPEN=<ssid>,<ctxindex>,<ipaddr/domainname>,<port>,<connectmode>[,<timeout>]                        [SSL 2.2.2]
//   → OK, later +QSSLOPEN: <ssid>,<connectcode>      0 success, -1 error, -2 socket occupied
struct Open {
  int ssid = 0;
  int context = 0;
  std::string_view host;
  int port = 0;
  Stream::Delivery mode = Stream::Delivery::buffered;
  int timeout_s = 90;
};
constexpr Meaning kConnectModes[] = {{0, "buffered: AT+QSSLSEND, AT+QSSLRECV"}, {1, "transparent"}};
constexpr Meaning kConnectCodes[] = {{0, "connected"},
                                     {-1, "failed: not reachable, TLS or its certificates refused, or not in time"},
                                     {-2, "the index is in use, or could not be used"}};
constexpr Line kSecureOpeningLines[] = {{"+QSSLOPEN: <ssid>,<connectcode>", Line::urc,
                                         "an SSL connection was made, or was not", "", "connectcode", kConnectCodes}};
constexpr std::array kOpen{
    atcmd::integer<&Open::ssid>("ssid", 0, device::kSockets - 1),
    atcmd::integer<&Open::context>("ctxindex", 0, device::kSslContexts - 1),
    atcmd::text<&Open::host>("ipaddr/domainname", 1, 150),
    atcmd::integer<&Open::port>("port", 0, 65535),
    atcmd::choice<&Open::mode>("connectmode", kConnectModes),
    atcmd::integer<&Open::timeout_s>("timeout", 10, 300).optional(90),
};

Reply open(Call& call, const Open& args) {
  // ASSUMED: with a single session there is only ssid 0 (at-reference 3.3).
  if (!call.tcpip().multiple_sessions && args.ssid != 0) return Reply::error();
  const bool transparent = args.mode == Stream::Delivery::transparent;
  if (transparent && !call.me().firmware().transparent_ssl) return Reply::error();
  if (transparent && call.me().transparent_besides(call.context().id(), args.ssid)) return Reply::error();
  const auto opening = call.context().open_secure(args.ssid, args.context,
                                                  {.host = std::string{args.host},
                                                   .port = static_cast<std::uint16_t>(args.port),
                                                   .timeout = std::chrono::seconds{args.timeout_s},
                                                   .delivery = args.mode});
  if (opening != PdpContext::Opening::begun) return Reply::error();
  call.own({Task::Kind::socket, call.context().id(), args.ssid});
  return Reply::ok();
}

/// A secure socket at this index, or null.
Stream* secure_socket(Call& call, int ssid) {
  auto* socket = call.context().socket(ssid);
  return socket && socket->secure() ? socket : nullptr;
}

// ---- AT+QSSLCLOSE ----

// AT+QSSLCLOSE=<ssid>[,<closetype>] → <ssid>, CLOSE OK                                                      [SSL 2.2.3]
struct Close {
  int ssid = 0;
  int type = 0;  // "reserved"
};
constexpr std::array kClose{
    atcmd::integer<&Close::ssid>("ssid", 0, device::kSockets - 1).as_range(),
    atcmd::integer<&Close::type>("closetype", 0, 1).as_range().optional(0),
};

Reply close(Call& call, const Close& args) {
  // Whatever AT+QIMUX says, a secure socket leaves the context in IP PROCESSING.
  const bool closed = secure_socket(call, args.ssid) && call.context().close(device::Sessions::multiple, args.ssid);
  return closed ? Reply::result(close_words(call.me(), args.ssid)) : Reply::error();
}

// ---- AT+QSSLSEND ----

// AT+QSSLSEND=<ssid>[,<length>] → prompt → data → SEND OK, or SEND FAIL while blocked                       [SSL 2.2.4]
struct Send {
  int ssid = 0;
  std::optional<int> length;
};
constexpr std::array kSend{
    atcmd::integer<&Send::ssid>("ssid", 0, device::kSockets - 1).as_range(),
    // The note says "less than 1460" and "1-1460"; the range is what hosts use.
    atcmd::integer<&Send::length>("length", 1, kLargestSend).as_range().optional(),
};

Reply send_result(Call& call, int ssid, const IntakeOutcome& outcome) {
  // ASSUMED: OK after ESC, as for AT+QISEND.
  if (outcome.end == IntakeOutcome::End::cancelled) return Reply::ok();
  auto* socket = secure_socket(call, ssid);
  const auto sent = socket ? socket->send(outcome.data) : device::SendResult::not_connected;
  switch (sent) {
    case device::SendResult::accepted: return Reply::result("SEND OK");
    case device::SendResult::blocked: return Reply::result("SEND FAIL");
    case device::SendResult::not_connected: break;
  }
  return Reply::error();
}

Reply send(Call& call, const Send& args) {
  const auto* socket = secure_socket(call, args.ssid);
  if (!socket || socket->state() != SocketState::connected) return Reply::error();
  // ASSUMED: the data is not echoed, whatever AT+QISDE says.
  return call.prompt(
      {.length = args.length, .limit = kLargestSend},
      [ssid = args.ssid](Call& resumed, const IntakeOutcome& outcome) { return send_result(resumed, ssid, outcome); });
}

// ---- AT+QSSLRECV ----

// AT+QSSLRECV=<cid>,<ssid>,<length>                                                                         [SSL 2.2.5]
//   → +QSSLRECV: <ipaddr>:<port>,TCP,<n> <data> OK, or just OK when nothing waits
struct Receive {
  int context = 0;
  int ssid = 0;
  int length = 0;
};
constexpr std::array kReceive{
    atcmd::integer<&Receive::context>("cid", 0, device::kContexts - 1).as_range(),
    atcmd::integer<&Receive::ssid>("ssid", 0, device::kSockets - 1).as_range(),
    atcmd::integer<&Receive::length>("length", 1, 1500).as_range(),
};

Reply receive(Call& call, const Receive& args) {
  auto* socket = call.me().context(args.context).socket(args.ssid);
  if (!socket || !socket->secure() || socket->state() == SocketState::connecting) return Reply::error();
  return respond_received(call, "+QSSLRECV", *socket, static_cast<std::size_t>(args.length));
}

// ---- AT+QSSLSTATE ----

// AT+QSSLSTATE → the context's state and six rows, TCP and SSL alike                                        [SSL 2.2.6]
Reply show_states(Call& call) {
  auto& context = call.context();
  switch (context.state()) {
    // The states of a single session are not among those of the note.
    case device::TcpIpState::connecting:
    case device::TcpIpState::connect_ok:
    case device::TcpIpState::ip_close: call.respond("+QSSLSTATE: IP PROCESSING"); break;
    default: call.respond(fmt::format("+QSSLSTATE: {}", state_text(context)));
  }
  std::vector<std::string> rows;
  for (int index = 0; index < device::kSockets; ++index) {
    const auto* socket = context.listed(index);
    rows.push_back(socket ? fmt::format("+QSSLSTATE: {},\"{}\",\"{}\",{},\"{}\",{}", index, transport_text(*socket),
                                        peer_text(*socket), socket->target().port, socket_state_text(socket->state()),
                                        socket->secure() ? 1 : 0)
                          : fmt::format("+QSSLSTATE: {},\"\",\"\",0,\"INITIAL\",0", index));
  }
  call.respond(rows);
  return Reply::ok();
}

constexpr Line kSecureClosingLines[] = {
    {"+QSSLURC: \"closed\",<ssid>", Line::urc, "the peer, or the bearer, ended the SSL connection", "SSL 2.2.10.2"}};
constexpr Line kSecureReceivingLines[] = {
    {"+QSSLURC: \"recv\",<cid>,<ssid>", Line::urc, "data waits for AT+QSSLRECV; said again once it was read empty",
     "SSL 2.2.10.1"},
    {"+QSSLRECV: <peer>,<protocol>,<length>", Line::response, "so many octets of data follow, then OK"},
};
constexpr Line kSecureStateLines[] = {
    {"+QSSLSTATE: <ssid>,<protocol>,<address>,<port>,<socket state>,<ctxindex>", Line::response,
     "one socket of either kind", "", "socket state", kSocketStates},
    {"+QSSLSTATE: <state>", Line::response, "state of the TCP/IP stack", "", "state", kStackStates},
};

// Of all of these the note states how many parameters there are, and no newer firmware is known to take more.
constexpr std::array kCommands{
    Command{.name = "+QSSLCFG",
            .summary = "Configure SSL",
            .manual = "SSL 2.2.1",
            // The count is fixed: it tells a query from a value. OBSERVED M66, quirk Q21: "https",0,1 is ERROR.
            .write = atcmd::write_selected(kConfiguration, kSelectors),
            .test_text = " \"type\",(0-5),\"value\""},
    Command{.name = "+QSSLOPEN",
            .summary = "Open an SSL socket to a remote server",
            .manual = "SSL 2.2.2",
            .write = atcmd::write<&open>(kOpen),
            .read = atcmd::answers_ok(),
            .lines = kSecureOpeningLines},
    Command{.name = "+QSSLCLOSE",
            .summary = "Close an SSL connection",
            .manual = "SSL 2.2.3",
            .write = atcmd::write<&close>(kClose),
            .read = atcmd::answers_ok(),
            .lines = kSecureClosingLines},
    Command{.name = "+QSSLSEND",
            .summary = "Send data through an SSL connection",
            .manual = "SSL 2.2.4",
            .write = atcmd::write<&send>(kSend),
            .read = atcmd::answers_ok(),
            .payload = atcmd::Payload{.content = atcmd::Payload::Content::ordinary, .size_in = 1}},
    Command{.name = "+QSSLRECV",
            .summary = "Read received SSL data",
            .manual = "SSL 2.2.5",
            .write = atcmd::write<&receive>(kReceive),
            .lines = kSecureReceivingLines},
    Command{.name = "+QSSLSTATE",
            .summary = "State of every socket",
            .manual = "SSL 2.2.6",
            .confidence = Confidence::inferred,
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_states>(),
            .lines = kSecureStateLines},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSslFamily{"SSL", kCommands};

}  // namespace quasimodem::commands
