// SPDX-License-Identifier: Apache-2.0
// Calls, how they are shown, and USSD (M66 7, 12).
#include <algorithm>
#include <cctype>

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/voice_calls.hpp"

namespace quasimodem::commands {
namespace {

using device::VoiceCalls;

// ---- ATD, ATA, ATH ----

constexpr auto kDialLimit = 150s;  // ASSUMED: longer than any far end rings

struct DialString {
  std::string_view number;
};
constexpr std::array kDialString{atcmd::text<&DialString::number>("n", 1, 256)};

/// The digits of a dial string: pauses and layout go, nothing else may be in it.
std::optional<std::string> dialled_number(std::string_view typed) {
  std::string number;
  for (const char c : typed) {
    const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (std::string_view{"0123456789*#+ABCD"}.find(upper) != std::string_view::npos) {
      number += upper;
    } else if (std::string_view{",TPW!@-()."}.find(upper) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return number.empty() ? std::nullopt : std::optional{number};
}

int type_of(std::string_view number) { return number.starts_with('+') ? 145 : 129; }

/// AT+COLP=1: the result comes when the far end answers, and a character from the TE gives up.
Reply dial_and_wait(Call& call, std::string number) {
  const auto responder = call.hold(kDialLimit);
  const auto outcome = [responder, call](const device::Event& event) mutable {
    if (!responder.awaited()) return;
    if (const auto* ended = std::get_if<device::CallEnded>(&event)) {
      responder.finish(Reply::code(call_result(ended->end, call.settings().dialogue.call_progress)));
    } else if (const auto* answered = std::get_if<device::CallAnswered>(&event)) {
      call.respond(fmt::format("+COLP: \"{}\",{},\"\",0,\"\"", answered->number, type_of(answered->number)));
      responder.finish(Reply::ok());
    }
  };
  call.me().calls().dial(std::move(number), outcome);
  // ASSUMED: the result of a call that was given up.
  call.on_abort([responder, call]() mutable {
    call.me().calls().hang_up();
    responder.finish(Reply::code(ResultCode::no_carrier));
  });
  return Reply::held();
}

bool is_supplementary(std::string_view number) { return number.starts_with('*') && number.ends_with('#'); }

// ATD<n>; — OK at once, or when the far end answers with AT+COLP=1                                           [M66 7.2]
Reply dial(Call& call, const std::vector<Argument>& arguments) {
  std::string_view typed = arguments.front().text;
  // ASSUMED: there are no data calls; what is not a voice call finds no carrier. What is no number at all, such as
  // ATDL and ATD>, of which the sources do not tell, is an error with and without the semicolon.
  if (!typed.ends_with(';')) return dialled_number(typed) ? Reply::code(ResultCode::no_carrier) : Reply::error();
  typed.remove_suffix(1);
  if (typed.ends_with('G') || typed.ends_with('I')) typed.remove_suffix(1);
  if (!call.me().sim().inserted()) return Reply::cme(cme::kSimNotInserted);
  auto number = dialled_number(typed);
  if (!number) return Reply::error();
  if (!call.me().in_service()) return Reply::cme(cme::kNoNetworkService);
  if (is_supplementary(*number)) {
    call.me().ussd().say(std::move(*number));
    return Reply::ok();
  }
  // ASSUMED: the active call is not held by itself; AT+CHLD=2 does it.
  if (!call.me().calls().may_dial()) return Reply::cme(cme::kOperationNotAllowed);
  call.own({Task::Kind::call});
  if (call.settings().calls.answerer) return dial_and_wait(call, std::move(*number));
  call.me().calls().dial(std::move(*number), {});
  return Reply::ok();
}

// ATA                                                                                                        [M66 7.1]
struct None {
  int unused = 0;
};
constexpr std::array kNone{atcmd::integer<&None::unused>("n", 0, 0).optional(0)};

Reply answer(Call& call, const None&) {
  if (!call.me().calls().answer()) return Reply::code(ResultCode::no_carrier);
  call.own({Task::Kind::call});
  return Reply::ok();
}

// ATH, AT+CHUP                                                                                               [M66 7.3]
Reply hang_up(Call& call) {
  call.me().calls().hang_up();
  return Reply::ok();
}
Reply hang_up_unless_disabled(Call& call, const None&) {
  return call.settings().calls.no_hang_up ? Reply::ok() : hang_up(call);
}

// AT+CLCC → <id>,<dir>,<stat>,<mode>,<mpty>,"<number>",<type>,""                                            [M66 7.14]
Reply list_calls(Call& call) {
  std::vector<std::string> lines;
  for (const auto& each : call.me().calls().all()) {
    lines.push_back(fmt::format("+CLCC: {},{},{},0,{},\"{}\",{},\"\"", each.id, each.incoming ? 1 : 0,
                                static_cast<int>(each.state), each.conference ? 1 : 0, each.number,
                                type_of(each.number)));
  }
  if (!lines.empty()) call.respond(lines);
  return Reply::ok();
}

// ---- how calls are shown ----

/// `?` of a service that the network provides: `+CLIP: <n>,<m>`.
Reply show_provisioned(const Command& command, atcmd::Call& call, const CommandCall&) {
  const auto& settings = static_cast<Call&>(call).settings();
  call.respond(fmt::format("{}: {},1", command.name, command.values.read(command, &settings).front()));
  return Reply::ok();
}

constexpr Command provisioned(Command command) {
  command.read = {.run = &show_provisioned};
  return in_profile(command);
}

constexpr Meaning kRinging[] = {{0, "RING"}, {1, "+CRING"}};
constexpr Line kRingingLines[] = {{"+CRING: <type>", Line::urc, "somebody calls (AT+CRC=1)"}};
constexpr Line kProgressLines[] = {
    {"MO RING", Line::urc, "the far end's telephone rings (AT+QMOSTAT=1)"},
    {"MO CONNECTED", Line::urc, "the far end has answered (AT+QMOSTAT=1)"},
};
constexpr Meaning kCaller[] = {{0, "the caller's number is not shown"}, {1, "+CLIP with every RING"}};
constexpr Meaning kNumberTypes[] = {{145, "international"}, {129, "national or unknown"}, {128, "withheld"}};
constexpr Line kCallerLines[] = {
    {"+CLIP: <number>,<number type>[,<rest>]", Line::urc, "who calls (AT+CLIP=1)", "", "number type", kNumberTypes}};
constexpr Meaning kAnswerer[] = {{0, "the answering number is not shown"}, {1, "+COLP when a call is answered"}};

// ---- USSD ----

// AT+CUSD=<n>[,<str>[,<dcs>]] → OK, later +CUSD: <m>[,"<str>",<dcs>]                                       [M66 12.10]
struct Supplementary {
  int show = 0;
  std::optional<std::string_view> request;
  int coding = 15;
};
constexpr Meaning kServiceReport[] = {
    {0, "answers are not shown"}, {1, "+CUSD shows answers"}, {2, "ends the session"}};
constexpr Meaning kServiceStates[] = {
    {0, "no more is expected"},  {1, "the service waits for an answer: AT+CUSD=1,\"…\""},
    {2, "ended by the network"}, {3, "another client has answered"},
    {4, "not supported"},        {5, "the network did not answer in time"},
};
constexpr Line kServiceLines[] = {
    {"+CUSD: <m>[,<text>, <dcs>]", Line::urc, "an answer of a USSD service", "", "m", kServiceStates},
    {"+CUSD: <m>,<text>,<dcs>", Line::urc, "an answer of a USSD service", "", "m", kServiceStates},
};
constexpr std::array kSupplementary{
    atcmd::choice<&Supplementary::show>("n", kServiceReport).as_range().optional(0),
    atcmd::text<&Supplementary::request>("str", 1, 640).optional(),
    atcmd::integer<&Supplementary::coding>("dcs", 0, 255).optional(15),
};

/// 27.007 7.15 <str>, as UTF-8: in the TE's character set, with HEX two digits a character; when <dcs> says so digits
/// of UCS2, or two digits an octet.
std::string typed_request(std::string_view typed, int coding, std::string_view character_set) {
  // 23.038 5: "general data coding" and, for octets, "data coding / message class".
  const bool ucs2 = (coding & 0xCC) == 0x48;
  const bool octets = (coding & 0xCC) == 0x44 || (coding & 0xF4) == 0xF4;
  const auto in_octets = octets ? device::sms::from_hex(typed) : std::nullopt;
  // ASSUMED: what octets stand for is Latin 1.
  const auto text =
      in_octets ? typed_text(as_text(*in_octets), "8859-1") : typed_text(typed, ucs2 ? "UCS2" : character_set);
  // OBSERVED: hosts write the code itself whatever AT+CSCS is (TinyGSM: HEX, and *100#).
  return text ? device::sms::to_utf8(*text) : std::string{typed};
}

using Services = InMembers<&CallSettings::services>;

Reply set_supplementary(Call& call, const Supplementary& args) {
  constexpr int kCancel = 2;
  if (args.show == kCancel) {
    call.me().ussd().end();
    return Reply::ok();
  }
  call.settings().calls.services = args.show != 0;
  if (!args.request) return Reply::ok();
  if (!call.me().in_service()) return Reply::cme(cme::kNoNetworkService);
  call.me().ussd().say(typed_request(*args.request, args.coding, call.settings().character_set));
  return Reply::ok();
}

// ---- tones ----

// AT+VTS=<tones>[,<duration>] — during a call; the tones go nowhere                                            [M66 12]
struct Tones {
  std::string_view tones;
  int duration = 0;
};
constexpr std::array kTones{
    atcmd::text<&Tones::tones>("dtmf", 1, 60),
    atcmd::integer<&Tones::duration>("duration", 0, 255).optional(0),
};

Reply send_tones(Call& call, const std::vector<Argument>& arguments) {
  if (!call.me().calls().any(VoiceCalls::State::active)) return Reply::cme(cme::kOperationNotAllowed);
  const bool valid = std::all_of(arguments.begin(), arguments.end(), [](const Argument& argument) {
    return argument.text.find_first_not_of("0123456789*#ABCDabcd,") == std::string::npos;
  });
  return valid ? Reply::ok() : Reply::cme(cme::kOperationNotAllowed);
}

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "A", .summary = "Answer a call", .manual = "M66 7.1", .write = atcmd::write<&answer>(kNone)},
    Command{.name = "D", .summary = "Dial", .manual = "M66 7.2", .write = atcmd::write_as_typed<&dial>(kDialString)},
    Command{
        .name = "H", .summary = "Hang up", .manual = "M66 7.3", .write = atcmd::write<&hang_up_unless_disabled>(kNone)},
    Command{.name = "+CHUP",
            .summary = "Hang up",
            .manual = "27.007 6.5",
            .confidence = Confidence::inferred,
            .execution = atcmd::plain<&hang_up>()},
    Command{
        .name = "+CLCC", .summary = "List the calls", .manual = "M66 7.14", .execution = atcmd::plain<&list_calls>()},
    saying(kRingingLines, setting<&CallSettings::extended, kRinging>("+CRC", "Extended form of RING", "M66 7.16")),
    in_profile(remembered_number<129, 145, 129>("+CSTA", "Type of address", "M66 16.3")),
    in_profile(remembered_number<0, 1, 0>("+CR", "Report the service of a call", "M66 16.3")),
    in_profile(remembered_number<0, 3, 0>("+CMOD", "Call mode", "M66 16.3"), {.stored = false}),
    in_profile(setting<&CallSettings::no_hang_up, 0, 1>("+QDISH", "Disable ATH", "M66 7.22")),
    saying(kProgressLines,
           setting<&CallSettings::progress, 0, 1>("+QMOSTAT", "Report the progress of a dialled call", "M66 4.4")),
    saying(kCallerLines,
           provisioned(setting<&CallSettings::caller, kCaller>("+CLIP", "Show the caller's number", "M66 12.5"))),
    provisioned(remembered_number<0, 2, 0>("+CLIR", "Hide the own number", "M66 16.3")),
    provisioned(setting<&CallSettings::answerer, kAnswerer>("+COLP", "Show the answering number", "M66 7.2")),
    Command{.name = "+CUSD",
            .summary = "Unstructured supplementary services",
            .manual = "M66 12.10",
            .write = atcmd::write<&set_supplementary>(kSupplementary),
            .read = said<Services>(),
            .test_text = " (0-2)",
            .lines = kServiceLines,
            .values = values_of<Services>(),
            .profile = Profile{}},
    Command{.name = "+VTS",
            .summary = "Send tones",
            .manual = "M66 12",
            .write = atcmd::write_as_typed<&send_tones>(kTones),
            .test_text = " (0-9,A-D,*,#)"},
    as_sure(remembered_number<0, 255, 1>("+VTD", "Length of tones, 100 ms", "27.007 C.2.12"), Confidence::inferred),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kCallsFamily{"Calls", kCommands};

}  // namespace quasimodem::commands
