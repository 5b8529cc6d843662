// SPDX-License-Identifier: Apache-2.0
// V.250 basic commands and S registers (M66 2.12–2.18, 3.1, 3.2, 7.3–7.11, 15).
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/commands/profile.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Dialogue;

// ---- one-digit settings: ATE, ATQ, ATV, ATX, AT&C, AT&D ----

template <const auto& Meanings>
constexpr std::array kDigit{atcmd::choice("value", Meanings).optional(0)};

constexpr Meaning kEcho[] = {{0, "no echo"}, {1, "commands are echoed"}};
constexpr Meaning kQuiet[] = {{0, "result codes are sent"}, {1, "no result codes"}};
constexpr Meaning kVerbose[] = {{0, "result codes as digits"}, {1, "result codes as words"}};
constexpr Meaning kCallProgress[] = {{0, "CONNECT alone, no dial tone and no busy tone"},
                                     {4, "CONNECT with its rate, dial tone and busy tone"}};
constexpr std::array kProgressDigit{atcmd::integer("value", 0, 4).optional(0).meaning(kCallProgress)};
constexpr Meaning kCarrierDetect[] = {{0, "DCD is always on"}, {1, "DCD follows the carrier"}};
constexpr Meaning kTerminalReady[] = {
    {0, "a DTR drop does nothing"}, {1, "a DTR drop leads to command state"}, {2, "a DTR drop ends the connection"}};

template <auto Member, const auto& Params>
constexpr Command digit(std::string_view name, std::string_view summary, std::string_view manual) {
  auto command = setting_of<InMembers<Member>>(Params, name, summary, manual);
  command.read = {};
  return in_profile(command);
}

// ---- S registers: ATSn?, ATSn=<v> ----

template <class Number>
Reply show_register(const Command& command, atcmd::Call& call, const CommandCall&) {
  // ASSUMED: three digits, the V.250 5.3.2 habit; the manual shows <n> only.
  call.respond(fmt::format("{:03}", Number::get(command.name, static_cast<Call&>(call)).front()));
  return Reply::ok();
}

template <int Lowest, int Highest>
constexpr std::array kRegister{atcmd::integer("n", Lowest, Highest)};

template <class Number, int Lowest, int Highest>
constexpr Command s_register(std::string_view name, std::string_view summary, std::string_view manual) {
  auto command = setting_of<Number>(kRegister<Lowest, Highest>, name, summary, manual);
  command.read = {.run = &show_register<Number>};
  return in_profile(command);
}

// ---- profiles ----

struct Value {
  int value = 0;
};
constexpr std::array kProfile{atcmd::integer<&Value::value>("profile", 0, 0).optional(0)};

Reply factory_defaults(Call& call, const Value&) {
  restore_factory(call.session());
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

// AT&V — one command a line, in the order of M66 table 2                                                    [M66 2.13]
/// Commands, and words for what none of ours sets.
// ASSUMED: how +QECHO and +QSIDET look, and all values in these words but that of +CMUX.
constexpr std::string_view kView =
    "E|Q|V|X|S0|S2: "
    "43|S3|S4|S5|S6|S7|S8|S10|+CR|+FCLASS|+CMGF|+CSDH|+ILRR|+CMEE|+CBST|+IFC|+ICF|+CNMI|+CSCS|+IPR|&C|&D|"
    "+CSTA|+CRLP|+CCWE|+QSIMSTAT|+CMUX: -1|+CCUG|+CLIP|+COLP|+CCWA|+CAOC|+CLIR|+CUSD|+CREG|+QSIMDET|+QMIC|"
    "+QECHO(NORMAL_AUDIO): 253,96,16388,57351,0|+QECHO(Earphone_AUDIO): 253,0,10756,57351,1|"
    "+QECHO(LoudSpk_AUDIO): 224,96,5256,57351,2|+QSIDET(NORMAL_AUDIO): 80|+QSIDET(HEADSET_AUDIO): 144|"
    "+QCLIP|+QCOLP|+CSNS";

/// Further values stand with the first: "+ICF: 3,3".
std::string view_line(const Command& command, const Settings& settings) {
  const auto values = fmt::format("{}", fmt::join(command.values.read(command, &settings), ","));
  const auto quote = command.name == "+CSCS" ? "\"" : "";
  return fmt::format("{}: {}{}{}", command.name, quote, values, quote);
}

Reply view_profile(Call& call, const Value&) {
  std::vector<std::string> lines{"ACTIVE PROFILE"};
  for (auto rest = kView; !rest.empty();) {
    const auto row = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(rest.size(), row.size() + 1));
    const auto* command = call.session().catalogue.in_profile(row);
    lines.push_back(command ? view_line(*command, call.settings()) : std::string{row});
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
    digit<&Dialogue::echo, kDigit<kEcho>>("E", "Echo of command lines", "M66 15.2"),
    digit<&Dialogue::quiet, kDigit<kQuiet>>("Q", "Suppress result codes", "M66 2.15"),
    digit<&Dialogue::verbose, kDigit<kVerbose>>("V", "Result codes as words or digits", "M66 2.16"),
    digit<&Dialogue::call_progress, kProgressDigit>("X", "CONNECT text and call progress", "M66 2.17"),
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
    digit<&Settings::carrier_detect, kDigit<kCarrierDetect>>("&C", "DCD follows the carrier", "M66 3.1"),
    digit<&Settings::terminal_ready, kDigit<kTerminalReady>>("&D", "What a DTR drop does", "M66 3.2"),
    Command{.name = "O",
            .summary = "Back to data state",
            .manual = "M66 7.5",
            .write = atcmd::write<&resume_data_state>(kZero)},
    s_register<InMembers<&Settings::auto_answer>, 0, 255>("S0", "Rings before automatic answer", "M66 7.7"),
    s_register<InMembers<&Dialogue::line_terminator>, 0, 127>("S3", "Command line terminator", "M66 15.3"),
    s_register<InMembers<&Dialogue::line_feed>, 0, 127>("S4", "Response formatting character", "M66 15.4"),
    s_register<InMembers<&Dialogue::backspace>, 0, 127>("S5", "Backspace character", "M66 15.5"),
    s_register<Remembered<2>, 0, 10>("S6", "Pause before blind dialling, s", "M66 7.8"),
    s_register<Remembered<60>, 1, 255>("S7", "Wait for connection, s", "M66 7.9"),
    s_register<Remembered<2>, 0, 255>("S8", "Comma pause, s", "M66 7.10"),
    s_register<Remembered<15>, 1, 254>("S10", "Carrier loss delay, 100 ms", "M66 7.11"),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kBasicFamily{"V.250 basic commands", kCommands};

}  // namespace quasimodem::commands
