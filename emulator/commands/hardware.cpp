// SPDX-License-Identifier: Apache-2.0
// Battery, sleep, lamp and sound: accepted, stored and said back (M66 13, 14; at-reference 1.14).
#include <algorithm>

#include "emulator/commands/setting.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/model.hpp"
#include "emulator/device/radio_settings.hpp"

namespace quasimodem::commands {

inline device::RadioSettings& home_of(Call& call, device::RadioSettings*) { return call.me().radio(); }

namespace {

using device::Model;
using device::RadioSettings;

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

/// MANUAL: M26, MC60. ASSUMED: of the others all but the M66, whose manual does not have these.
constexpr auto kWithSwitch = bit(Model::m10) | bit(Model::m85) | bit(Model::m95) | bit(Model::m26) | bit(Model::mc60);
constexpr Command among(std::uint32_t models, Command command) {
  command.models = models;
  return command;
}

// AT+QSIMSTAT=<n> — the switch of the card's holder; +QSIMSTAT: <n>,<inserted> also as a URC. OBSERVED: the answer's
// form, in a driver for the M10
using SimReport = InMembers<&Settings::sim_report>;
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
  auto& reports = call.settings().extra_reports;
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
constexpr std::array kRefusal{atcmd::integer("sms", 0, 1).as_range(), atcmd::integer("call", 0, 1).as_range()};

// AT+QADC? → <status>,<mV>. OBSERVED: the M10 has it. ASSUMED: the layout
Reply show_voltage(Call& call) {
  call.respond("+QADC: 1,1500");
  return Reply::ok();
}

constexpr Meaning kSleep[] = {{0, "no sleep"}, {1, "DTR decides about sleep"}, {2, "sleeps by itself"}};

constexpr auto kCommands = with_cme(std::array{
    in_profile(remembered_number<0, 1, 0>("+FCLASS", "Data or facsimile", "M66 table 2"), kNotKept),
    as_sure(remembered_number<12, 12, 12>("+WS46", "Wireless network", "27.007 5.9"), Confidence::inferred),  // GSM
    setting<&Settings::ring_line_report, 0, 1>("+QINDRI", "RI at URCs", "M66 4.3"),
    remembered_number<0, 100, 50>("+CLVL", "Loudspeaker", "M66 13"),
    as_sure(remembered_number<0, 1, 0>("+CMUT", "Microphone off", "27.007 8.24"), Confidence::inferred),
    as_sure(remembered_number<0, 100, 50>("+CRSL", "Ringer", "27.007 8.21"), Confidence::inferred),
    as_sure(remembered_number<0, 1, 0>("+CALM", "Silent ringing", "27.007 8.20"), Confidence::inferred),
    remembered_number<0, 2, 0>("+QAUDCH", "Audio channel", "M66 13"),
    Command{.name = "+CBC",
            .summary = "Battery",
            .manual = "M66 14.3",
            .execution = atcmd::plain<&show_battery>(),
            .test_text = " (0-2),(1-100),(0-5000)"},
    in_profile(remembered<kSleep, 0>("+QSCLK", "Sleep", "M66 14.4")),
    remembered_number<0, 2, 0>("+QLEDMODE", "Network lamp", "M66 14"),
    in_profile(remembered_number<0, 2, 0>("+QRIMODE", "Pulses of RI", "M66 15.8")),
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
            .write = written<SimReport>(kSettingRange<0, 1>),
            .read = atcmd::plain<&show_sim_holder>(),
            .values = values_of<SimReport>(),
            .profile = kNotKept,
            .models = kWithSwitch},
    among(kWithSwitch, as_sure(in_profile(remembered<kSimSwitch, 0, 0>(
                                              "+QSIMDET", "Watch the switch of the SIM's holder", "at-reference 1.14"),
                                          kNotKept),
                               Confidence::inferred)),
    Command{.name = "+QEXTUNSOL",
            .summary = "Reports of the maker's own",
            .manual = "M66 16.3",
            .confidence = Confidence::seen,
            .write = atcmd::write<&set_extra_report>(kExtraReport),
            .test_text = " (\"SQ\",\"FN\",\"MW\",\"UR\",\"BC\",\"BM\",\"SM\",\"CC\",\"CN\"),(0-2)",
            .values = values_of<InMembers<&Settings::extra_reports>>(),
            .profile = Profile{}},
    among(bit(Model::m85) | bit(Model::m95) | bit(Model::m26) | bit(Model::mc60),
          as_sure(setting_list<kRefusal, &RadioSettings::refuses_messages, &RadioSettings::refuses_calls>(
                      "+QREFUSECS", "Let no messages, no calls through", "at-reference 1.14"),
                  Confidence::seen)),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kHardwareFamily{"Hardware", kCommands};

}  // namespace quasimodem::commands
