// SPDX-License-Identifier: Apache-2.0
// The TCP/IP stack, AT+QI* (M66 11). Errors are a plain ERROR whatever AT+CMEE says.

#include "emulator/commands/setting.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/tcpip_settings.hpp"

namespace quasimodem::commands {
namespace {

using device::TcpIpSettings;

constexpr Duration kActivationTimeout = 150s;   // MANUAL M66 11.7
constexpr Duration kDeactivationTimeout = 40s;  // MANUAL M66 11.4

// ---- context ----

// AT+QIFGCNT=<id> — the context that all other commands act on                                             [M66 11.28]
struct Context {
  int id = 0;
};
constexpr std::array kContext{atcmd::integer<&Context::id>("id", 0, device::kContexts - 1).as_range()};

Reply set_foreground(Call& call, const Context& args) {
  call.session().foreground = args.id;
  return Reply::ok();
}
Reply show_foreground(Call& call) {
  call.respond(fmt::format("+QIFGCNT: {},{}", call.session().foreground, call.session().number));
  return Reply::ok();
}

// OBSERVED: a driver tested on M95 and M66 sends a fifth parameter, 0.
// AT+QICSGP=<mode>[,"<apn>"[,"<user>","<password>"]]                                                         [M66 11.5]
struct BearerArgs {
  int mode = 1;
  std::optional<std::string> apn;
  std::string user;
  std::string password;
};
constexpr Meaning kBearers[] = {{0, "CSD"}, {1, "GPRS"}};
constexpr std::array kBearer{
    atcmd::choice<&BearerArgs::mode>("mode", kBearers),
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
  call.context().evict();
  call.channel().say_urcs_now();  // what services say of it stands before DEACT OK (services.md 1.2)
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

// ---- settings that need more than storing ----

// AT+QIMUX=<mode>, AT+QIMODE=<mode> — not while a connection is open                               [M66 11.23, 11.26]
struct Mode {
  bool on = false;
};
template <const auto& Meanings>
constexpr std::array kMode{atcmd::choice<&Mode::on>("mode", Meanings).as_range()};
constexpr Meaning kTransfer[] = {{0, "buffered: AT+QISEND"}, {1, "transparent"}};
constexpr Meaning kSessions[] = {{0, "one session"}, {1, "six sessions, with an index"}};

template <bool TcpIpSettings::*Member>
Reply set_mode(Call& call, const Mode& args) {
  // ASSUMED: storing the value that already holds is never refused (quirk Q12 tells only that ERROR happens).
  if (call.tcpip().*Member != args.on && call.context().any_live()) return Reply::error();
  call.tcpip().*Member = args.on;
  return Reply::ok();
}

// AT+QITCFG=<NmRetry>,<WaitTm>,<SendSz>,<esc>                                                              [M66 11.24]
constexpr std::array kTransparent{
    atcmd::integer("NmRetry", 1, 8).as_range(),
    atcmd::integer("WaitTm", 1, 20).as_range(),
    atcmd::integer("SendSz", 1, 1460).as_range(),
    atcmd::integer("esc", 0, 1).as_range(),
};
using Transparent =
    InMembers<&TcpIpSettings::retries, &TcpIpSettings::wait, &TcpIpSettings::send_size, &TcpIpSettings::escape>;
Reply set_transparent(const Command& command, atcmd::Call& call, const CommandCall& typed) {
  if (static_cast<Call&>(call).me().tcpip.multiple_sessions) return Reply::error();
  return NumberForms<Transparent>::set(command, call, typed);
}

// AT+QIAUTOS=<mode>[,<time>] — data at the prompt goes out after that many seconds, without Ctrl-Z [M66 11.16]
constexpr Meaning kAutoSends[] = {{0, "off"}, {1, "on"}};
constexpr std::array kAutoSend{
    atcmd::choice("mode", kAutoSends).as_range(),
    atcmd::integer("time", 1, 100).as_range().optional(),
};

// AT+QISCON — kept over power-off: QIDNSIP QIPROMPT QIHEAD QISHOWRA QICSGP QITCFG of the foreground context [M66 11.22]
Reply save(Call& call) { return call.me().save_tcpip(call.context().id()) ? Reply::ok() : Reply::error(); }

Reply show_saved(Call& call) {
  const auto& settings = call.tcpip();
  const auto& access = call.context().access;
  // ASSUMED: what CSD would need stays empty, and the inactivity time-out is 0.
  call.respond({
      "SHOW APPTCPIP CONTEXT",
      fmt::format("+QIDNSIP:{:d}", settings.host_is_name),
      fmt::format("+QIPROMPT:{}", static_cast<int>(settings.prompt)),
      fmt::format("+QIHEAD:{:d}", settings.head),
      fmt::format("+QISHOWRA:{:d}", settings.show_remote),
      fmt::format("+QICSGP:{}", access.mode),
      fmt::format("Gprs Config APN:{}", access.apn),
      fmt::format("Gprs Config UserId:{}", access.user),
      fmt::format("Gprs Config Password:{}", access.password),
      "Gprs Config inactivityTimeout:0",
      "CSD Dial Number:",
      "CSD Config UserId:",
      "CSD Config Password:",
      "CSD Config rate:",
      fmt::format("App Tcpip Mode:{:d}", settings.transparent),
      "In Transparent Transfer Mode",
      fmt::format("Number of Retry:{}", settings.retries),
      fmt::format("Wait Time:{}", settings.wait),
      fmt::format("Send Size:{}", settings.send_size),
      fmt::format("esc:{:d}", settings.escape),
  });
  return Reply::ok();
}

// AT+QCFG="TCP/BufferRemain"[,<keep>] — what the peer sent before it closed can still be read [at-reference 2.5]
constexpr std::array kFeature{atcmd::text("item", 1, 30), atcmd::integer("value", 0, 1).optional()};

Reply keep_unread(const Selector& feature, atcmd::Call& channel_call, std::span<const Argument> values) {
  auto& setting = static_cast<Call&>(channel_call).me().tcpip.keep_unread;
  // ASSUMED: the query form, by the pattern of AT+QSSLCFG.
  if (values.empty() || values.front().omitted()) {
    channel_call.respond(fmt::format("+QCFG: \"{}\",{:d}", feature.name, setting));
    return Reply::ok();
  }
  if (!takes(feature.value, values.front())) return Reply::error();
  setting = *atcmd::parse_integer(values.front().text) != 0;
  return Reply::ok();
}
constexpr Selector kFeatures[] = {{"TCP/BufferRemain", atcmd::integer("keep", 0, 1), false, &keep_unread}};

// ---- how data is shown ----

constexpr Meaning kHeader[] = {{0, "no header"}, {1, "IPD<length>: before data"}};
constexpr Line kHeaderLines[] = {
    {"IPD<length>(<protocol>):[<data>]", Line::urc, "so many octets of data follow (AT+QIHEAD=1)"},
    {"IPD<length>:[<data>]", Line::urc, "so many octets of data follow (AT+QIHEAD=1)"},
};
constexpr Meaning kPrompt[] = {{0, "no prompt, SEND OK"},
                               {1, "prompt and SEND OK"},
                               {2, "neither prompt nor SEND OK"},
                               {3, "prompt, socket number and SEND OK"}};
constexpr Meaning kSender[] = {{0, "the sender is not shown"}, {1, "RECV FROM: before data"}};
constexpr Line kSenderLines[] = {
    {"RECV FROM: <address>:<port>", Line::urc, "where the data that follows comes from (AT+QISHOWRA=1)"}};
constexpr Meaning kProtocol[] = {{0, "the protocol is not shown"}, {1, "the protocol stands in the header"}};
constexpr Meaning kOwnAddress[] = {{0, "the local address is not shown"}, {1, "TO: before data"}};
constexpr Line kOwnAddressLines[] = {{"TO:<address>", Line::urc, "the module's own address (AT+QISHOWLA=1)"}};
constexpr Meaning kIndication[] = {
    {0, "data comes as it arrives"}, {1, "+QIRDI once, AT+QIRD reads"}, {2, "+QIRDI for every packet, AT+QIRD reads"}};
constexpr Meaning kIndicated[] = {{1, "the module is the client"}, {2, "the module is the server"}};
constexpr Line kIndicationLines[] = {
    {"+QIRDI: <context>,<role>,<sid>[,<packet>,<length>,<total>]", Line::urc, "data waits for AT+QIRD", "", "role",
     kIndicated},
    {"+RECEIVE: <id>, <length>", Line::urc, "so many octets of data follow (AT+QIMUX=1, AT+QINDI=0)"},
};
constexpr Meaning kDataEcho[] = {{0, "data behind > is not echoed"}, {1, "data behind > is echoed, with ATE1"}};

constexpr Line kActivationLines[] = {
    {"+PDP DEACT", Line::urc, "the network took the PDP context away: everything over it is gone", "M66 16.6"}};
constexpr Line kDeactivationLines[] = {{"DEACT OK", Line::result, "AT+QIDEACT is done"},
                                       {"DEACT ERROR", Line::error, "AT+QIDEACT failed"}};

constexpr std::array kCommands{
    Command{.name = "+QIDEACT",
            .summary = "Deactivate the context",
            .manual = "M66 11.4",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&deactivate>(),
            .lines = kDeactivationLines},
    Command{.name = "+QICSGP",
            .summary = "Bearer and access point",
            .manual = "M66 11.5",
            .write = atcmd::write<&set_bearer>(kBearer).ignores_more(),
            .read = atcmd::plain<&show_bearer>(),
            .test = atcmd::plain<&test_bearer>()},
    Command{.name = "+QIREGAPP",
            .summary = "Start the TCP/IP stack",
            .manual = "M66 11.6",
            .write = atcmd::write<&register_with_access>(kRegistration).ignores_more(),
            .read = atcmd::plain<&show_registration>(),
            .execution = atcmd::plain<&register_application>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QIACT",
            .summary = "Activate the context",
            .manual = "M66 11.7",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&activate>(),
            .lines = kActivationLines},
    Command{.name = "+QILOCIP",
            .summary = "Local address",
            .manual = "M66 11.8",
            .read = atcmd::answers_ok(),
            .execution = atcmd::plain<&show_local_address>()},
    saying(kHeaderLines,
           network_setting<&TcpIpSettings::head, kHeader>("+QIHEAD", "IPD header before pushed data", "M66 11.15")),
    atcmd::ignoring_more(setting_list<kAutoSend, &TcpIpSettings::auto_send, &TcpIpSettings::auto_send_time>(
        "+QIAUTOS", "Send by itself what stands at the prompt", "M66 11.16")),
    network_setting<&TcpIpSettings::prompt, kPrompt>("+QIPROMPT", "Prompt and SEND OK", "M66 11.17"),
    saying(kSenderLines, network_setting<&TcpIpSettings::show_remote, kSender>(
                             "+QISHOWRA", "Show the sender of pushed data", "M66 11.21")),
    Command{.name = "+QISCON",
            .summary = "Save settings of the context",
            .manual = "M66 11.22",
            .read = atcmd::plain<&show_saved>(),
            .execution = atcmd::plain<&save>(),
            .test = atcmd::answers_ok()},
    Command{.name = "+QIMODE",
            .summary = "Transparent mode",
            .manual = "M66 11.23",
            .write = atcmd::write<&set_mode<&TcpIpSettings::transparent>>(kMode<kTransfer>).ignores_more(),
            .read = said<InMembers<&TcpIpSettings::transparent>>(),
            .test_text = "(0-NORMAL MODE,1-TRANSPARENT MODE)"},
    Command{.name = "+QITCFG",
            .summary = "Packets of transparent mode",
            .manual = "M66 11.24",
            // MANUAL M66 11.24: four, none of them optional.
            .write = {.run = &set_transparent, .params = kTransparent},
            .read = said<Transparent>()},
    network_setting<&TcpIpSettings::show_protocol, kProtocol>("+QISHOWPT", "Show the protocol in the IPD header",
                                                              "M66 11.25"),
    Command{.name = "+QIMUX",
            .summary = "Several sessions at once",
            .manual = "M66 11.26",
            .write = atcmd::write<&set_mode<&TcpIpSettings::multiple_sessions>>(kMode<kSessions>).ignores_more(),
            .read = said<InMembers<&TcpIpSettings::multiple_sessions>>()},
    saying(kOwnAddressLines, network_setting<&TcpIpSettings::show_local, kOwnAddress>(
                                 "+QISHOWLA", "Show the local address of pushed data", "M66 11.27")),
    Command{.name = "+QIFGCNT",
            .summary = "Foreground context",
            .manual = "M66 11.28",
            .write = atcmd::write<&set_foreground>(kContext).ignores_more(),
            .read = atcmd::plain<&show_foreground>()},
    // MANUAL M26 V1.1, MC60 11.30: 2 too. ASSUMED: so the others, though M66 V1.0 lists 0 and 1 (at-reference 2.5).
    saying(kIndicationLines, network_setting<&TcpIpSettings::notify, kIndication>(
                                 "+QINDI", "Push received data or tell of it", "M66 11.30")),
    network_setting<&TcpIpSettings::echo_data, kDataEcho>("+QISDE", "Echo data at the prompt", "M66 11.32"),
    // OBSERVED: Zerynth's driver sends it to an M95 and goes on after ERROR.
    Command{.name = "+QCFG",
            .summary = "Keep unread data after a close",
            .manual = "at-reference 1.14",
            .confidence = Confidence::seen,
            .write = atcmd::write_selected(kFeature, kFeatures).ignores_more(),
            .test = atcmd::answers_ok(),
            .models = device::bit(device::Model::m95)},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kTcpIpFamily{"TCP/IP contexts and settings", kCommands};

}  // namespace quasimodem::commands
