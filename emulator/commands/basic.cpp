// SPDX-License-Identifier: Apache-2.0
// V.250 basic commands and S registers (M66 2.12–2.18, 3.1, 3.2, 7.3–7.11, 15).
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/device/messaging.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Dialogue;
using atcmd::Meaning;
using atcmd::Reply;
using atcmd::ResultCode;

using Value = SettingValue;

// ---- one-digit settings: ATE, ATQ, ATV, ATX, AT&C, AT&D ----

template <const auto& Meanings>
constexpr std::array kDigit{atcmd::choice<&Value::value>("value", Meanings).optional(0)};

constexpr Meaning kEcho[] = {{0, "no echo"}, {1, "commands are echoed"}};
constexpr Meaning kQuiet[] = {{0, "result codes are sent"}, {1, "no result codes"}};
constexpr Meaning kVerbose[] = {{0, "result codes as digits"}, {1, "result codes as words"}};
constexpr Meaning kCallProgress[] = {{0, "CONNECT alone, no dial tone and no busy tone"},
                                     {4, "CONNECT with its rate, dial tone and busy tone"}};
constexpr std::array kProgressDigit{atcmd::integer<&Value::value>("value", 0, 4).optional(0).meaning(kCallProgress)};
constexpr Meaning kCarrierDetect[] = {{0, "DCD is always on"}, {1, "DCD follows the carrier"}};
constexpr Meaning kTerminalReady[] = {
    {0, "a DTR drop does nothing"}, {1, "a DTR drop leads to command state"}, {2, "a DTR drop ends the connection"}};

// ---- S registers: ATSn?, ATSn=<v> ----

template <auto Member>
Reply show_register(Call& call) {
  // ASSUMED: three digits, the V.250 5.3.2 habit; the manual shows <n> only.
  call.respond(fmt::format("{:03}", SettingOf<Member>::value(call)));
  return Reply::ok();
}

template <int Lowest, int Highest>
constexpr std::array kRegister{atcmd::integer<&Value::value>("n", Lowest, Highest)};

// ---- profiles ----

constexpr std::array kProfile{atcmd::integer<&Value::value>("profile", 0, 0).optional(0)};

Reply factory_defaults(Call& call, const Value&) {
  restore_factory(call.settings());
  call.me().messaging().settings_changed();
  return Reply::ok();
}

Reply write_profile(Call& call, const Value&) { return store_profile(call.session()) ? Reply::ok() : Reply::error(); }

// ATZ — the stored profile, or the factory one; the rest of the line is not carried out                     [M66 2.18]
Reply reset(Call& call, const Value&) {
  recall_profile(call.session(), Recall::restored_only);
  call.drop_rest_of_line();
  return Reply::ok();
}

// AT&V — one setting a line, in the order of M66 table 2                                                    [M66 2.13]
struct FixedRow {
  std::string_view before;
  std::string_view text;
};
/// What the list has and no command of ours sets.
// ASSUMED: the values, but for that of +CMUX; how +QECHO and +QSIDET look.
constexpr std::array kFixedRows{
    FixedRow{"+CCUG", "+CMUX: -1"},
    FixedRow{"+QCLIP", "+QECHO(NORMAL_AUDIO): 253,96,16388,57351,0"},
    FixedRow{"+QCLIP", "+QECHO(Earphone_AUDIO): 253,0,10756,57351,1"},
    FixedRow{"+QCLIP", "+QECHO(LoudSpk_AUDIO): 224,96,5256,57351,2"},
    FixedRow{"+QCLIP", "+QSIDET(NORMAL_AUDIO): 80"},
    FixedRow{"+QCLIP", "+QSIDET(HEADSET_AUDIO): 144"},
};

Reply view_profile(Call& call, const Value&) {
  auto& settings = call.settings();
  std::vector<std::string> lines{"ACTIVE PROFILE"};
  for (const auto& row : profile_rows()) {
    if (!row.shown) continue;
    // Further values are shown with the first: "+ICF: 3,3".
    if (row.name.find(',') != std::string_view::npos) {
      lines.back() += fmt::format(",{}", row.value(settings));
      continue;
    }
    if (row.name == "+IPR") lines.push_back(fmt::format("+CSCS: \"{}\"", settings.character_set));
    for (const auto& fixed : kFixedRows) {
      if (fixed.before == row.name) lines.emplace_back(fixed.text);
    }
    lines.push_back(fmt::format("{}: {}", row.name, row.value(settings)));
  }
  call.respond(lines);
  return Reply::ok();
}

// ---- data state ----

constexpr std::array kZero{atcmd::integer<&Value::value>("n", 0, 0).optional(0)};

// ATO — back to data state after +++                                                                         [M66 7.5]
Reply resume_data_state(Call& call, const Value&) {
  auto* tunnel = call.channel().escaped_tunnel();
  return tunnel ? Reply::through(*tunnel) : Reply::code(ResultCode::no_carrier);
}

constexpr std::array kCommands{
    Command{.name = "E",
            .summary = "Echo of command lines",
            .manual = "M66 15.2",
            .write = atcmd::write<&SettingOf<&Dialogue::echo>::set>(kDigit<kEcho>)},
    Command{.name = "Q",
            .summary = "Suppress result codes",
            .manual = "M66 2.15",
            .write = atcmd::write<&SettingOf<&Dialogue::quiet>::set>(kDigit<kQuiet>)},
    Command{.name = "V",
            .summary = "Result codes as words or digits",
            .manual = "M66 2.16",
            .write = atcmd::write<&SettingOf<&Dialogue::verbose>::set>(kDigit<kVerbose>)},
    Command{.name = "X",
            .summary = "CONNECT text and call progress",
            .manual = "M66 2.17",
            .write = atcmd::write<&SettingOf<&Dialogue::call_progress>::set>(kProgressDigit)},
    Command{.name = "Z",
            .summary = "Recall the stored profile",
            .manual = "M66 2.18",
            .write = atcmd::write<&reset>(kProfile)},
    Command{.name = "&F",
            .summary = "Factory defaults",
            .manual = "M66 2.12",
            .write = atcmd::write<&factory_defaults>(kProfile)},
    Command{.name = "&V",
            .summary = "Show the profile",
            .manual = "M66 2.13",
            .write = atcmd::write<&view_profile>(kProfile)},
    Command{.name = "&W",
            .summary = "Store the profile",
            .manual = "M66 2.14",
            .write = atcmd::write<&write_profile>(kProfile)},
    Command{.name = "&C",
            .summary = "DCD follows the carrier",
            .manual = "M66 3.1",
            .write = atcmd::write<&SettingOf<&Settings::carrier_detect>::set>(kDigit<kCarrierDetect>)},
    Command{.name = "&D",
            .summary = "What a DTR drop does",
            .manual = "M66 3.2",
            .write = atcmd::write<&SettingOf<&Settings::terminal_ready>::set>(kDigit<kTerminalReady>)},
    Command{.name = "O",
            .summary = "Back to data state",
            .manual = "M66 7.5",
            .write = atcmd::write<&resume_data_state>(kZero)},
    Command{.name = "S0",
            .summary = "Rings before automatic answer",
            .manual = "M66 7.7",
            .write = atcmd::write<&SettingOf<&Settings::auto_answer>::set>(kRegister<0, 255>),
            .read = atcmd::plain<&show_register<&Settings::auto_answer>>()},
    Command{.name = "S3",
            .summary = "Command line terminator",
            .manual = "M66 15.3",
            .write = atcmd::write<&SettingOf<&Dialogue::line_terminator>::set>(kRegister<0, 127>),
            .read = atcmd::plain<&show_register<&Dialogue::line_terminator>>()},
    Command{.name = "S4",
            .summary = "Response formatting character",
            .manual = "M66 15.4",
            .write = atcmd::write<&SettingOf<&Dialogue::line_feed>::set>(kRegister<0, 127>),
            .read = atcmd::plain<&show_register<&Dialogue::line_feed>>()},
    Command{.name = "S5",
            .summary = "Backspace character",
            .manual = "M66 15.5",
            .write = atcmd::write<&SettingOf<&Dialogue::backspace>::set>(kRegister<0, 127>),
            .read = atcmd::plain<&show_register<&Dialogue::backspace>>()},
    Command{.name = "S6",
            .summary = "Pause before blind dialling, s",
            .manual = "M66 7.8",
            .write = atcmd::write<&SettingOf<&Settings::blind_dial_pause>::set>(kRegister<0, 10>),
            .read = atcmd::plain<&show_register<&Settings::blind_dial_pause>>()},
    Command{.name = "S7",
            .summary = "Wait for connection, s",
            .manual = "M66 7.9",
            .write = atcmd::write<&SettingOf<&Settings::carrier_wait>::set>(kRegister<1, 255>),
            .read = atcmd::plain<&show_register<&Settings::carrier_wait>>()},
    Command{.name = "S8",
            .summary = "Comma pause, s",
            .manual = "M66 7.10",
            .write = atcmd::write<&SettingOf<&Settings::comma_pause>::set>(kRegister<0, 255>),
            .read = atcmd::plain<&show_register<&Settings::comma_pause>>()},
    Command{.name = "S10",
            .summary = "Carrier loss delay, 100 ms",
            .manual = "M66 7.11",
            .write = atcmd::write<&SettingOf<&Settings::carrier_loss>::set>(kRegister<1, 254>),
            .read = atcmd::plain<&show_register<&Settings::carrier_loss>>()},
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kBasicFamily{"V.250 basic commands", kCommands};

}  // namespace quasimodem::commands
