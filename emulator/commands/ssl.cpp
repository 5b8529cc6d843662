// SPDX-License-Identifier: Apache-2.0
// Secure sockets, AT+QSSL* (SSL 2.2.1 – 2.2.6). Errors are a plain ERROR whatever AT+CMEE says. The note states how
// many parameters each takes, and no host is known that sends more: one too many is an ERROR.
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/tcpip_text.hpp"
#include "emulator/device/file_store.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "storage/file_name.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Argument;
using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;
using device::PdpContext;
using device::SocketState;
using device::SslContext;
using device::SslSettings;
using device::Stream;

constexpr std::size_t kLargestSend = 1460;  // SSL 2.2.4

// ---- AT+QSSLCFG ----
//
// A selector: its first parameter names one of eleven settings. What is the same for all of them, such as "value left
// out = query", is written once; a row knows only how its own value is read and shown.

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::optional<int> number_in(const Argument& argument, int lowest, int highest) {
  const auto value = atcmd::parse_integer(argument.text);
  if (!value || *value < lowest || *value > highest) return std::nullopt;
  return static_cast<int>(*value);
}

using Values = std::span<const Argument>;

bool store_number(int& target, Values values, int lowest, int highest) {
  const auto value = values.size() == 1 ? number_in(values[0], lowest, highest) : std::nullopt;
  if (value) target = *value;
  return value.has_value();
}

// <cacertname> … are not looked up before a connection is opened.
// ASSUMED: a name that is no file name at all is refused; the empty name takes the setting back.
bool store_file(std::string& target, Values values) {
  if (values.size() != 1 || values[0].omitted()) return false;
  const auto& name = values[0].text;
  if (!name.empty() && !storage::SecurityFileName::parse(name, storage::NvramNames::any)) return false;
  target = values[0].text;
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
bool store_suites(device::SuiteList& target, Values values) {
  device::SuiteList list;
  bool every = false;
  for (const auto& value : values) {
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

std::string show_number(int value) { return std::to_string(value); }
std::string show_file(const std::string& name) { return fmt::format("\"{}\"", name); }
std::string show_suites(const device::SuiteList& list) {
  if (list.empty()) return fmt::format("0X{:04X}", kEverySuite);
  std::string text;
  for (const auto suite : list)
    text += fmt::format("{}0X{:04X}", text.empty() ? "" : ",", static_cast<unsigned>(suite));
  return text;
}

/// One setting of a context, or of the whole module.
struct ContextRow {
  std::string_view type;
  bool (*store)(SslContext&, Values);
  std::string (*show)(const SslContext&);
  std::string_view nvram_files{};  ///< how the names in NVRAM begin that can be this
};
struct ModuleRow {
  std::string_view type;
  std::string_view reply_name;
  bool (*store)(SslSettings&, Values);
  int (*show)(const SslSettings&);
};

constexpr ContextRow kContextRows[] = {
    {"sslversion", [](SslContext& c, Values v) { return store_number(c.version, v, 0, device::kAllVersions); },
     [](const SslContext& c) { return show_number(c.version); }},
    {"seclevel",
     [](SslContext& c, Values v) {
       int level = 0;
       const bool valid = store_number(level, v, 0, 2);
       if (valid) c.security = static_cast<device::SecurityLevel>(level);
       return valid;
     },
     [](const SslContext& c) { return show_number(static_cast<int>(c.security)); }},
    {"ciphersuite", [](SslContext& c, Values v) { return store_suites(c.suites, v); },
     [](const SslContext& c) { return show_suites(c.suites); }},
    {"cacert", [](SslContext& c, Values v) { return store_file(c.ca_certificate, v); },
     [](const SslContext& c) { return show_file(c.ca_certificate); }, "CA"},
    {"clientcert", [](SslContext& c, Values v) { return store_file(c.client_certificate, v); },
     [](const SslContext& c) { return show_file(c.client_certificate); }, "CC"},
    {"clientkey", [](SslContext& c, Values v) { return store_file(c.client_key, v); },
     [](const SslContext& c) { return show_file(c.client_key); }, "CK"},
};

constexpr ModuleRow kModuleRows[] = {
    {"ignorertctime", "ignorertctime",
     [](SslSettings& s, Values v) { return store_number(s.ignore_rtc_time, v, 0, 1); },
     [](const SslSettings& s) { return s.ignore_rtc_time; }},
    {"https", "https", [](SslSettings& s, Values v) { return store_number(s.https, v, 0, 1); },
     [](const SslSettings& s) { return s.https; }},
    {"httpsctxi", "httpsctxi",
     [](SslSettings& s, Values v) { return store_number(s.https_context, v, 0, device::kSslContexts - 1); },
     [](const SslSettings& s) { return s.https_context; }},
    {"smtpstyle", "smtpstyle", [](SslSettings& s, Values v) { return store_number(s.smtp_style, v, 0, 2); },
     [](const SslSettings& s) { return s.smtp_style; }},
    // MANUAL SSL 2.2.1: the answer to a query spells the name without its first "s".
    {"smtpsctxi", "smtpctxi",
     [](SslSettings& s, Values v) { return store_number(s.smtps_context, v, 0, device::kSslContexts - 1); },
     [](const SslSettings& s) { return s.smtps_context; }},
};

std::optional<int> context_number(Values parameters) {
  return parameters.empty() ? std::nullopt : number_in(parameters[0], 0, device::kSslContexts - 1);
}

// AT+QSSLCFG="ctxindex",<ctxindex> → all settings of one context
Reply show_context(Call& call, Values parameters) {
  const auto number = context_number(parameters);
  if (!number || parameters.size() != 1) return Reply::error();
  const auto& context = call.me().ssl().settings.contexts[static_cast<std::size_t>(*number)];
  std::string line = fmt::format("+QSSLCFG: {}", *number);
  for (const auto& row : kContextRows) line += fmt::format(",{}", row.show(context));
  call.respond(line);
  return Reply::ok();
}

/// MANUAL SSL 2.2.1: in NVRAM the name says what a file is: CA0 and CA1, CC0, CK0. RAM files have any name, and with
/// firmware after V3.1 of the note those in NVRAM too (field report 7).
bool suits(Call& call, const ContextRow& row, Values values) {
  if (row.nvram_files.empty() || values.size() != 1 || call.me().firmware().nvram_names) return true;
  const auto name = storage::SecurityFileName::parse(values[0].text);
  return !name || name->volume() == storage::Volume::ram || name->file().starts_with(row.nvram_files);
}

Reply configure_context(Call& call, const ContextRow& row, Values parameters) {
  const auto number = context_number(parameters);
  if (!number) return Reply::error();
  auto& context = call.me().ssl().settings.contexts[static_cast<std::size_t>(*number)];
  if (const auto values = parameters.subspan(1); !values.empty()) {
    return suits(call, row, values) && row.store(context, values) ? Reply::ok() : Reply::error();
  }
  call.respond(fmt::format("+QSSLCFG: \"{}\",{}", row.type, row.show(context)));
  return Reply::ok();
}

Reply configure_module(Call& call, const ModuleRow& row, Values parameters) {
  auto& settings = call.me().ssl().settings;
  if (!parameters.empty()) return row.store(settings, parameters) ? Reply::ok() : Reply::error();
  call.respond(fmt::format("+QSSLCFG: \"{}\",{}", row.reply_name, row.show(settings)));
  return Reply::ok();
}

// AT+QSSLCFG="<type>"[,<ctxindex>][,<value>] — value left out: query                                        [SSL 2.2.1]
struct Configuration {
  std::string_view type;
  int context = 0;
  std::string_view value;
};
constexpr std::array kConfiguration{
    // for the reference page: what there is depends on the type
    atcmd::text<&Configuration::type>("type", 5, 13),
    atcmd::integer<&Configuration::context>("ctxindex", 0, device::kSslContexts - 1).optional(),
    atcmd::text<&Configuration::value>("value", 0, 84).optional(),
};

constexpr std::array<std::string_view, 3> kFileTypes{"cacert", "clientcert", "clientkey"};

/// Which names NVRAM has is the firmware's.
bool firmware_has(Call& call, std::string_view type, Values parameters) {
  const bool is_file = std::any_of(kFileTypes.begin(), kFileTypes.end(),
                                   [type](auto file_type) { return equal_ignoring_case(type, file_type); });
  if (!is_file || parameters.size() < 2 || parameters[1].text.empty()) return true;
  return call.me().ssl().file(parameters[1].text).has_value();
}

Reply configure(Call& call, const std::vector<Argument>& arguments) {
  const std::string_view type = arguments.front().text;
  const auto parameters = Values{arguments}.subspan(1);
  if (!firmware_has(call, type, parameters)) return Reply::error();
  if (equal_ignoring_case(type, "ctxindex")) return show_context(call, parameters);
  for (const auto& row : kContextRows) {
    if (equal_ignoring_case(type, row.type)) return configure_context(call, row, parameters);
  }
  for (const auto& row : kModuleRows) {
    if (equal_ignoring_case(type, row.type)) return configure_module(call, row, parameters);
  }
  return Reply::error();
}

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
constexpr std::array kOpen{
    atcmd::integer<&Open::ssid>("ssid", 0, device::kSockets - 1),
    atcmd::integer<&Open::context>("ctxindex", 0, device::kSslContexts - 1),
    atcmd::text<&Open::host>("ipaddr/domainname", 1, 150),
    atcmd::integer<&Open::port>("port", 0, 65535),
    atcmd::integer<&Open::mode>("connectmode", 0, 1),
    atcmd::integer<&Open::timeout_s>("timeout", 10, 300).optional(90),
};

Reply open(Call& call, const Open& args) {
  // ASSUMED: with a single session there is only ssid 0 (at-reference 3.3).
  if (!call.me().tcpip.multiple_sessions && args.ssid != 0) return Reply::error();
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

Reply send_result(Call& call, int ssid, const atcmd::IntakeOutcome& outcome) {
  // ASSUMED: OK after ESC, as for AT+QISEND.
  if (outcome.end == atcmd::IntakeOutcome::End::cancelled) return Reply::ok();
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
  return call.prompt({.length = args.length, .limit = kLargestSend},
                     [ssid = args.ssid](Call& resumed, const atcmd::IntakeOutcome& outcome) {
                       return send_result(resumed, ssid, outcome);
                     });
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

// Of all of these the note states how many parameters there are, and no newer firmware is known to take more.
constexpr std::array kCommands{
    Command{.name = "+QSSLCFG",
            .summary = "Configure SSL",
            .manual = "SSL 2.2.1",
            // The count is fixed: it tells a query from a value. OBSERVED M66, quirk Q21: "https",0,1 is ERROR.
            .write = atcmd::write_as_typed<&configure>(kConfiguration),
            .test_text = " \"type\",(0-5),\"value\""},
    Command{.name = "+QSSLOPEN",
            .summary = "Open an SSL socket to a remote server",
            .manual = "SSL 2.2.2",
            .write = atcmd::write<&open>(kOpen),
            .read = atcmd::answers_ok()},
    Command{.name = "+QSSLCLOSE",
            .summary = "Close an SSL connection",
            .manual = "SSL 2.2.3",
            .write = atcmd::write<&close>(kClose),
            .read = atcmd::answers_ok()},
    Command{.name = "+QSSLSEND",
            .summary = "Send data through an SSL connection",
            .manual = "SSL 2.2.4",
            .write = atcmd::write<&send>(kSend),
            .read = atcmd::answers_ok(),
            .payload = atcmd::Payload{.content = atcmd::Payload::Content::ordinary, .size_in = 1}},
    Command{.name = "+QSSLRECV",
            .summary = "Read received SSL data",
            .manual = "SSL 2.2.5",
            .write = atcmd::write<&receive>(kReceive)},
    Command{.name = "+QSSLSTATE",
            .summary = "State of every socket",
            .manual = "SSL 2.2.6",
            .confidence = Confidence::inferred,
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_states>()},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSslFamily{"SSL", kCommands};

}  // namespace quasimodem::commands
