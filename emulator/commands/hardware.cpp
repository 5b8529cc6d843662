// SPDX-License-Identifier: Apache-2.0
// Battery, sleep, lamp and sound: accepted, stored and said back (M66 13, 14; at-reference 1.14).
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/setting.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Confidence;
using atcmd::Reply;
using device::Model;
using emulator::StatusSettings;

// AT+CBC → <bcs>,<bcl>,<mV>                                                                                 [M66 14.3]
Reply show_battery(Call& call) {
  call.respond("+CBC: 0,80,4000");  // ASSUMED: a supply that is well
  return Reply::ok();
}

// AT+QTEMP?                                                                                           [MC60; TinyGSM
// 377]
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

template <int StatusSettings::*Member, std::int64_t Lowest, std::int64_t Highest>
constexpr Command stored(std::string_view name, std::string_view summary, std::string_view manual) {
  return with_cme(setting<Member, Lowest, Highest>(name, summary, manual), cme::kOperationNotAllowed);
}

// AT+QADC? → <status>,<mV>. ASSUMED: which of these modules have it, and its layout; the name is from M26 and MC60
Reply show_voltage(Call& call) {
  call.respond("+QADC: 1,1500");
  return Reply::ok();
}

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
    stored<&StatusSettings::slow_clock, 0, 2>("+QSCLK", "Sleep", "M66 14.4"),
    stored<&StatusSettings::led_mode, 0, 2>("+QLEDMODE", "Network lamp", "M66 14"),
    stored<&StatusSettings::ring_line_mode, 0, 2>("+QRIMODE", "Pulses of RI", "M66 15.8"),
    Command{.name = "+QTEMP",
            .summary = "Temperature",
            .manual = "at-reference 1.14",
            .confidence = Confidence::seen,
            .read = atcmd::plain<&show_temperature>(),
            .models = device::bit(Model::m95)},
    Command{.name = "+QADC",
            .summary = "Voltage at the converter's input",
            .manual = "at-reference 1.14",
            .confidence = Confidence::inferred,
            .read = atcmd::plain<&show_voltage>(),
            .models = device::bit(Model::m85) | device::bit(Model::m95)},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kHardwareFamily{"Hardware", kCommands};

}  // namespace quasimodem::commands
