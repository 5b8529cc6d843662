// SPDX-License-Identifier: Apache-2.0
// Battery, sleep, lamp and sound: accepted, stored and said back (M66 13, 14; at-reference 1.14).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/device/radio_settings.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Confidence;
using atcmd::Meaning;
using atcmd::Reply;
using device::Model;

// AT+CBC → <bcs>,<bcl>,<mV>                                                                                 [M66 14.3]
Reply show_battery(Call& call) {
  call.respond("+CBC: 0,80,4000");  // ASSUMED: a supply that is well
  return Reply::ok();
}

// AT+QTEMP? — OBSERVED: TinyGSM 377, and a driver's table of the M10's commands; MANUAL: MC60
Reply show_temperature(Call& call) {
  call.respond("+QTEMP: 1,1123,36");
  return Reply::ok();
}

// AT+WS46 — 12 is GSM                                                                                    [27.007 5.9]
struct Network {
  int number = 12;
};
constexpr std::array kNetwork{atcmd::integer<&Network::number>("n", 12, 12).as_range()};
Reply set_network(Call&, const Network&) { return Reply::ok(); }
Reply show_network(Call& call) {
  call.respond("+WS46: 12");
  return Reply::ok();
}

/// MANUAL: M26, MC60. ASSUMED: of the others all but the M66, whose manual does not have these.
constexpr auto kWithSwitch = bit(Model::m10) | bit(Model::m85) | bit(Model::m95) | bit(Model::m26) | bit(Model::mc60);
constexpr Command among(std::uint32_t models, Command command) {
  command.models = models;
  return command;
}

// AT+QSIMSTAT=<n> — the switch of the card's holder; +QSIMSTAT: <n>,<inserted> also as a URC. OBSERVED: the answer's
// form, in a driver for the M10
Reply show_sim_holder(Call& call) {
  call.respond(sim_holder_line(call.session()));
  return Reply::ok();
}

constexpr std::array kSimSwitch{atcmd::integer("mode", 0, 1).as_range(),
                                atcmd::integer("active", 0, 1).as_range().optional()};

// AT+QEXTUNSOL="<kind>",<mode> — 0 off, 1 on, 2 asks. OBSERVED: drivers switch all of them off and go on only
// after an OK. ASSUMED: the answer to 2; and the reports (+CSQN, +CCINFO …) do not come.
constexpr std::array<std::string_view, 9> kExtraReports{"SQ", "FN", "MW", "UR", "BC", "BM", "SM", "CC", "CN"};
struct ExtraReport {
  std::string_view kind;
  int mode = 0;
};
constexpr std::array kExtraReport{atcmd::text<&ExtraReport::kind>("exunsol", 2, 2),
                                  atcmd::integer<&ExtraReport::mode>("mode", 0, 2).as_range()};
Reply set_extra_report(Call& call, const ExtraReport& args) {
  constexpr int kAsk = 2;
  const auto found = std::find(kExtraReports.begin(), kExtraReports.end(), args.kind);
  if (found == kExtraReports.end()) return Reply::cme(cme::kOperationNotAllowed);
  auto& reports = call.settings().status.extra_reports;
  const int bit = 1 << (found - kExtraReports.begin());
  if (args.mode == kAsk) {
    call.respond(fmt::format("+QEXTUNSOL: \"{}\",{}", args.kind, reports & bit ? 1 : 0));
  } else {
    reports = args.mode ? reports | bit : reports & ~bit;
  }
  return Reply::ok();
}

// AT+QREFUSECS=<sms>,<call> — 1: messages, calls do not get through. OBSERVED: a driver for the M95 goes on only after
// an OK. MANUAL: M26, MC60
struct Refusal {
  int messages = 0;
  int calls = 0;
};
constexpr std::array kRefusal{atcmd::integer<&Refusal::messages>("sms", 0, 1).as_range(),
                              atcmd::integer<&Refusal::calls>("call", 0, 1).as_range()};
Reply set_refusal(Call& call, const Refusal& args) {
  call.me().radio().refuses_messages = args.messages != 0;
  call.me().radio().refuses_calls = args.calls != 0;
  return Reply::ok();
}
Reply show_refusal(Call& call) {
  call.respond(fmt::format("+QREFUSECS: {},{}", call.me().radio().refuses_messages ? 1 : 0,
                           call.me().radio().refuses_calls ? 1 : 0));
  return Reply::ok();
}

// AT+QADC? → <status>,<mV>. OBSERVED: the M10 has it. ASSUMED: the layout
Reply show_voltage(Call& call) {
  call.respond("+QADC: 1,1500");
  return Reply::ok();
}

constexpr Meaning kSleep[] = {{0, "no sleep"}, {1, "DTR decides about sleep"}, {2, "sleeps by itself"}};

constexpr std::array kCommands{
    stored<&StatusSettings::facsimile_class, 0, 1>("+FCLASS", "Data or facsimile", "M66 table 2"),
    Command{.name = "+WS46",
            .summary = "Wireless network",
            .manual = "27.007 5.9",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&set_network>(kNetwork),
            .read = atcmd::plain<&show_network>(),
            .invalid_parameter = cme::kOperationNotAllowed},
    stored<&StatusSettings::ring_line_report, 0, 1>("+QINDRI", "RI at URCs", "M66 4.3"),
    stored<&StatusSettings::loudspeaker, 0, 100>("+CLVL", "Loudspeaker", "M66 13"),
    as_sure(stored<&StatusSettings::muted, 0, 1>("+CMUT", "Microphone off", "27.007 8.24"), Confidence::inferred),
    as_sure(stored<&StatusSettings::ringer, 0, 100>("+CRSL", "Ringer", "27.007 8.21"), Confidence::inferred),
    as_sure(stored<&StatusSettings::alert_mode, 0, 1>("+CALM", "Silent ringing", "27.007 8.20"), Confidence::inferred),
    stored<&StatusSettings::audio_channel, 0, 2>("+QAUDCH", "Audio channel", "M66 13"),
    Command{.name = "+CBC",
            .summary = "Battery",
            .manual = "M66 14.3",
            .execution = atcmd::plain<&show_battery>(),
            .test_text = " (0-2),(1-100),(0-5000)"},
    stored<&StatusSettings::slow_clock, kSleep>("+QSCLK", "Sleep", "M66 14.4"),
    stored<&StatusSettings::led_mode, 0, 2>("+QLEDMODE", "Network lamp", "M66 14"),
    stored<&StatusSettings::ring_line_mode, 0, 2>("+QRIMODE", "Pulses of RI", "M66 15.8"),
    Command{.name = "+QTEMP",
            .summary = "Temperature",
            .manual = "at-reference 1.14",
            .confidence = Confidence::seen,
            .read = atcmd::plain<&show_temperature>(),
            .models = bit(Model::m10) | bit(Model::m95) | bit(Model::mc60)},
    Command{.name = "+QADC",
            .summary = "Voltage at the converter's input",
            .manual = "at-reference 1.14",
            .confidence = Confidence::inferred,
            .read = atcmd::plain<&show_voltage>(),
            .models = kWithSwitch},
    Command{.name = "+QSIMSTAT",
            .summary = "Report whether a SIM is inserted",
            .manual = "at-reference 1.14",
            .confidence = Confidence::inferred,
            .write = atcmd::write<&SettingOf<&StatusSettings::sim_report>::set>(kSettingRange<0, 1>),
            .read = atcmd::plain<&show_sim_holder>(),
            .invalid_parameter = cme::kOperationNotAllowed,
            .models = kWithSwitch},
    among(kWithSwitch, as_sure(list_setting<&StatusSettings::sim_switch, kSimSwitch>(
                                   "+QSIMDET", "Watch the switch of the SIM's holder", "at-reference 1.14"),
                               Confidence::inferred)),
    Command{.name = "+QEXTUNSOL",
            .summary = "Reports of the maker's own",
            .manual = "M66 16.3",
            .confidence = Confidence::seen,
            .write = atcmd::write<&set_extra_report>(kExtraReport),
            .test_text = " (\"SQ\",\"FN\",\"MW\",\"UR\",\"BC\",\"BM\",\"SM\",\"CC\",\"CN\"),(0-2)",
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+QREFUSECS",
            .summary = "Let no messages, no calls through",
            .manual = "at-reference 1.14",
            .confidence = Confidence::seen,
            .write = atcmd::write<&set_refusal>(kRefusal),
            .read = atcmd::plain<&show_refusal>(),
            .invalid_parameter = cme::kOperationNotAllowed,
            .models = bit(Model::m85) | bit(Model::m95) | bit(Model::m26) | bit(Model::mc60)},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kHardwareFamily{"Hardware", kCommands};

}  // namespace quasimodem::commands
