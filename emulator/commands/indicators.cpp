// SPDX-License-Identifier: Apache-2.0
// Indicators and their reports (27.007 8.9, 8.10). OBSERVED: ModemManager and oFono send both, and go on without.
#include "emulator/commands/indicators.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/commands/setting.hpp"
#include "emulator/device/message_store.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/voice_calls.hpp"

namespace quasimodem::commands {
namespace {

using device::RegistrationStatus;
using device::VoiceCalls;

// ASSUMED: which ones and their order, those of the maker's later modules.
constexpr std::array<std::string_view, kIndicators> kNames{
    R"(("battchg",(0-5)))", R"(("signal",(0-5)))",  R"(("service",(0-1)))",       R"(("call",(0-1)))",
    R"(("roam",(0-1)))",    R"(("smsfull",(0-1)))", R"(("GPRS coverage",(0-1)))", R"(("callsetup",(0-3)))"};

/// <rssi> of AT+CSQ in five steps. ASSUMED: where they are.
int signal_level(int rssi) {
  constexpr int kUnknown = 99, kStep = 6, kHighest = 5;
  return rssi == kUnknown ? 0 : std::min(kHighest, (rssi + kStep - 1) / kStep);
}

/// 0 none, 1 somebody calls, 2 a call is dialled, 3 it rings at the far end.
int call_setup(const VoiceCalls& calls) {
  if (calls.any(VoiceCalls::State::incoming) || calls.any(VoiceCalls::State::waiting)) return 1;
  if (calls.any(VoiceCalls::State::dialing)) return 2;
  return calls.any(VoiceCalls::State::alerting) ? 3 : 0;
}

Reply list_indicators(Call& call) {
  call.respond(fmt::format("+CIND: {}", fmt::join(kNames, ",")));
  return Reply::ok();
}
Reply show_indicators(Call& call) {
  call.respond(fmt::format("+CIND: {}", fmt::join(indicators(call.session()), ",")));
  return Reply::ok();
}

// AT+CMER=[<mode>[,<keyp>[,<disp>[,<ind>[,<bfr>]]]]] → +CIEV: <indicator>,<value> with <mode> and <ind> not 0
// ASSUMED: the modes do not differ in what they do with a line that is taken: the report waits; <bfr> keeps none back.
constexpr Meaning kReportingModes[] = {{0, "nothing is reported"}};
constexpr Meaning kIndicatorReports[] = {
    {0, "no indicators"}, {1, "+CIEV when an indicator changes"}, {2, "+CIEV when an indicator changes"}};
constexpr std::array kReporting{
    atcmd::integer("mode", 0, 3).meaning(kReportingModes).optional(),
    atcmd::integer("keyp", 0, 0).optional(),
    atcmd::integer("disp", 0, 0).optional(),
    atcmd::choice("ind", kIndicatorReports).optional(),
    atcmd::integer("bfr", 0, 1).optional(),
};
constexpr Meaning kIndicatorNames[] = {
    {1, "battery, 0-5"},
    {2, "signal, 0-5"},
    {3, "service: 1 when registered"},
    {4, "call: 1 when there is one"},
    {5, "roaming: 1 in a foreign network"},
    {6, "message memory: 1 when it is full"},
    {7, "GPRS: 1 when attached"},
    {8, "call set-up: 1 somebody calls, 2 dialled, 3 it rings there"},
};
constexpr Line kIndicatorLines[] = {{"+CIEV: <indicator>,<indicator value>", Line::urc,
                                     "an indicator of AT+CIND changed (AT+CMER)", "", "indicator", kIndicatorNames}};

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CIND",
            .summary = "Indicators",
            .manual = "27.007 8.9",
            .confidence = Confidence::inferred,
            .read = atcmd::plain<&show_indicators>(),
            .test = atcmd::plain<&list_indicators>(),
            .invalid_parameter = cme::kOperationNotAllowed},
    saying(kIndicatorLines,
           as_sure(tested_as(
                       " (0-3),(0),(0),(0-2),(0,1)",  // oFono reads the ranges
                       setting_list<kReporting, &Settings::event_mode, &Settings::event_keypad,
                                    &Settings::event_display, &Settings::event_indicators, &Settings::event_buffering>(
                           "+CMER", "Report changes of indicators", "27.007 8.10")),
                   Confidence::inferred)),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

Indicators indicators(Session& session) {
  auto& me = session.me;
  constexpr int kBattery = 4;  // ASSUMED: as AT+CBC has it, a supply that is well
  const auto memory = session.settings.messages.receiving;
  auto& messages = me.messaging().store();
  const bool talks = me.calls().any(VoiceCalls::State::active) || me.calls().any(VoiceCalls::State::held);
  const auto status = me.registration().status(device::Domain::circuit_switched);
  return {kBattery,
          signal_level(me.signal_strength()),
          me.registration().registered(),
          talks,
          status == RegistrationStatus::roaming,
          messages.used(memory) >= device::MessageStore::capacity(memory),
          me.registration().attached(),
          call_setup(me.calls())};
}

std::string indicator_line(std::size_t index, int value) { return fmt::format("+CIEV: {},{}", index + 1, value); }

bool reports_indicators(const Settings& settings) { return settings.event_mode != 0 && settings.event_indicators != 0; }

const atcmd::Family kIndicatorsFamily{"Indicators", kCommands};

}  // namespace quasimodem::commands
