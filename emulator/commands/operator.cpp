// SPDX-License-Identifier: Apache-2.0
// Operator, cell and what the module is busy with (M66 4.1, 4.2, 4.8, 6.1, 6.4, 6.5).

#include "emulator/commands/character_set.hpp"
#include "emulator/commands/setting.hpp"
#include "emulator/device/cells.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/operators.hpp"
#include "emulator/device/radio_settings.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/voice_calls.hpp"

namespace quasimodem::commands {
namespace {

using device::RegistrationStatus;

// AT+COPS=<mode>[,<format>[,"<oper>"]]                                                                       [M66 6.1]
struct Operator {
  int mode = 0;
  std::optional<int> format;
  std::optional<std::string_view> name;
};
constexpr Meaning kSelections[] = {{0, "automatic"},
                                   {1, "this operator"},
                                   {2, "deregister"},
                                   {3, "set the format only"},
                                   {4, "this operator, otherwise automatic"}};
constexpr Meaning kOperatorFormats[] = {{0, "long name"}, {1, "short name"}, {2, "number"}};
constexpr std::array kOperator{
    atcmd::choice<&Operator::mode>("mode", kSelections).as_range(),
    atcmd::choice<&Operator::format>("format", kOperatorFormats).as_range().optional(),
    // Empty with mode 0, which takes no operator (OBSERVED: esp_modem); in UCS2 four digits a character.
    atcmd::text<&Operator::name>("oper", 0, 80).optional(),
};
constexpr int kAutomatic = 0;
constexpr int kManual = 1;
constexpr int kDeregister = 2;
constexpr int kFormatOnly = 3;
constexpr int kManualThenAutomatic = 4;

/// Names cross the line in the character set of AT+CSCS, the number is digits in any.
bool is_home(const device::Registration& network, std::string_view typed, std::string_view character_set) {
  if (typed == network.operator_number()) return true;
  const auto name = typed_text(typed, character_set);
  return name && (*name == device::sms::from_utf8(network.operator_name()) ||
                  *name == device::sms::from_utf8(network.operator_short_name()));
}

Reply select_operator(Call& call, const Operator& args) {
  auto& me = call.me();
  // ASSUMED: without an operator the manual modes have nothing to go by; with a foreign one there is no service.
  const auto name = args.name.value_or(std::string_view{});
  if (args.mode == kManual && name.empty()) return Reply::cme(cme::kOperationNotAllowed);
  if (args.mode == kManual && !is_home(me.registration(), name, call.settings().character_set))
    return Reply::cme(cme::kNoNetworkService);
  if (args.mode != kFormatOnly && me.sim_status() == device::SimStatus::busy) return Reply::cme(cme::kSimBusy);
  if (args.format) call.settings().operator_format = *args.format;
  if (args.mode == kFormatOnly) return Reply::ok();
  call.settings().operator_mode = args.mode == kManualThenAutomatic ? kAutomatic : args.mode;
  args.mode == kDeregister ? me.leave_network() : me.rejoin_network();
  return Reply::ok();
}

// AT+COPS? → <mode>[,<format>,"<operator>"]
Reply show_operator(Call& call) {
  const auto& network = call.me().registration();
  const auto& settings = call.settings();
  if (!network.registered()) {
    call.respond(fmt::format("+COPS: {}", settings.operator_mode));
    return Reply::ok();
  }
  const auto& set = call.settings().character_set;
  const std::array names{shown_name(network.operator_name(), set), shown_name(network.operator_short_name(), set),
                         std::string{network.operator_number()}};
  call.respond(fmt::format("+COPS: {},{},\"{}\"", settings.operator_mode, settings.operator_format,
                           names[static_cast<std::size_t>(settings.operator_format)]));
  return Reply::ok();
}

// ASSUMED: the list comes without the time that a search takes (up to 75 s).
Reply list_operators(Call& call) {
  const auto& network = call.me().registration();
  constexpr int kAvailable = 1, kCurrent = 2, kForbidden = 3;
  const auto entry = [&set = call.settings().character_set](int state, std::string_view name,
                                                            std::string_view short_name, std::string_view number) {
    return fmt::format("({},\"{}\",\"{}\",\"{}\")", state, shown_name(name, set), shown_name(short_name, set), number);
  };
  call.respond(fmt::format("+COPS: {},{},,(0-4),(0-2)",
                           entry(network.registered() ? kCurrent : kAvailable, network.operator_name(),
                                 network.operator_short_name(), network.operator_number()),
                           entry(kForbidden, "CHINA UNICOM", "UNICOM", "46001")));
  return Reply::ok();
}

// AT+QNSTATUS → 255 not ready, 0 normal, 1 no cell, 2 limited                                                [M66 4.8]
Reply show_network_status(Call& call) {
  constexpr int kNormal = 0, kNoCell = 1, kLimited = 2, kNotReady = 255;
  const auto& me = call.me();
  const auto status = call.me().registration().status(device::Domain::circuit_switched);
  int shown = kNotReady;
  if (me.functionality() == device::Functionality::full) {
    shown = status == RegistrationStatus::home ? kNormal : status == RegistrationStatus::searching ? kNoCell : kLimited;
  }
  call.respond(fmt::format("+QNSTATUS: {}", shown));
  return Reply::ok();
}

// AT+QBAND="<band>" — kept at once                                                                           [M66 6.4]
constexpr std::array<std::string_view, 8> kBands{
    "EGSM_MODE", "PCS_MODE", "DCS_MODE", "GSM850_MODE", "EGSM_DCS_MODE", "GSM850_PCS_MODE", "GSM850_EGSM_DCS_PCS_MODE",
    "ALL_BAND"};
struct Band {
  std::string_view band;
};
constexpr std::array kBand{atcmd::text<&Band::band>("op_band", 1, 30)};
Reply set_band(Call& call, const Band& args) {
  for (const auto band : kBands) {
    if (band != args.band) continue;
    call.me().radio().set_band(band == "ALL_BAND" ? device::kAllBands : band);
    return Reply::ok();
  }
  return Reply::cme(cme::kOperationNotAllowed);
}
// ASSUMED: the layout.
Reply list_bands(Call& call) {
  std::string names;
  for (const auto band : kBands) names += fmt::format("{}\"{}\"", names.empty() ? "" : ",", band);
  call.respond(fmt::format("+QBAND: ({})", names));
  return Reply::ok();
}
Reply show_band(Call& call) {
  call.respond(fmt::format("+QBAND: \"{}\"", call.me().radio().band()));
  return Reply::ok();
}

// AT+QENG=<mode>[,<dump>]; the query shows the serving cell while <mode> is 1                                [M66 6.5]
struct Engineering {
  int mode = 0;
  std::optional<int> dump;
};
constexpr std::array kEngineering{
    atcmd::integer<&Engineering::mode>("mode", 0, 4).as_range(),
    atcmd::integer<&Engineering::dump>("dump", 0, 3).as_range().optional(),
};
Reply set_engineering(Call& call, const Engineering& args) {
  call.settings().engineering_mode = args.mode;
  if (args.dump) call.settings().engineering_dump = *args.dump;
  return Reply::ok();
}
Reply show_engineering(Call& call) {
  const auto& settings = call.settings();
  const auto& network = call.me().registration();
  std::vector<std::string> lines{fmt::format("+QENG: {},{}", settings.engineering_mode, settings.engineering_dump)};
  // ASSUMED: the figures behind the strength, and the `x` of what is known in a call only.
  if (settings.engineering_mode > 0 && network.registered()) {
    const auto& cell = device::cells().front();
    lines.push_back(fmt::format("+QENG: 0,{},{},{},{},{},{},{},128,128,5,14,x,x,x,x,x,x,x", cell.network.substr(0, 3),
                                cell.network.substr(3), cell.area, cell.id, cell.channel, cell.base_station,
                                cell.strength));
  }
  call.respond(lines);
  return Reply::ok();
}

// AT+QOPS? → +QOPS: 1,"<name>","<short name>","<number>" for each network, behind it
// <index>,<lac>,<ci>,<bsic>,<rxlev>,<arfcn> for each of its cells, <bsic> in hex                     [field reports 6]
// OBSERVED: each line for itself. ASSUMED: the 1, which is the same for all; that the scan takes no time, and that
// commands of the network go on working behind it (on that M66 they did not).
Reply scan_cells(Call& call) {
  constexpr int kWeakest = -110;  // <rxlev> 0, GSM 05.08 8.1.4
  if (call.me().functionality() != device::Functionality::full) return Reply::cme(cme::kOperationNotAllowed);
  if (call.me().registration().granted() == RegistrationStatus::searching) return Reply::ok();
  std::string_view network;
  int index = 0;
  for (const auto& cell : device::cells()) {
    if (cell.network != network) {
      const auto* known = device::operator_of(cell.network);
      call.respond(fmt::format("+QOPS: 1,\"{}\",\"{}\",\"{}\"", known->name, known->short_name, known->number));
      index = 0;
    }
    network = cell.network;
    call.respond(fmt::format("{},{},{},{:02X},{},{}", ++index, cell.area, cell.id, cell.base_station,
                             cell.strength - kWeakest, cell.channel));
  }
  return Reply::ok();
}

constexpr Line kCellScanLines[] = {
    {"+QOPS: <state of network>,<name>,<short name>,<number>", Line::response, "a network; its cells follow"}};

// AT+CEER → <location>,<cause>; AT+CPAS                                                                 [M66 4.1, 4.2]
Reply show_last_error(Call& call) {
  call.respond("+CEER: 0,0");
  return Reply::ok();
}
Reply show_activity(Call& call) {
  // The UART answers, so the module is not asleep.
  constexpr int kReady = 0, kRinging = 3, kInCall = 4;
  const auto* current = call.me().calls().current();
  const bool rings = current && current->state == device::VoiceCalls::State::incoming;
  call.respond(fmt::format("+CPAS: {}", !current ? kReady : rings ? kRinging : kInCall));
  return Reply::ok();
}

// AT+QLOCKF=<mode>[,<band1900>[,<ARFCN>…]] — stay on these cells. ASSUMED: all but its name; there is one cell here,
// and a lock does not lose it.
constexpr auto kChannel = atcmd::integer("ARFCN", 0, 1023).optional();
constexpr std::array kFrequencyLock{
    atcmd::integer("mode", 0, 2).as_range(),
    atcmd::integer("band1900", 0, 1).as_range().optional(),
    kChannel,
    kChannel,
    kChannel,
    kChannel,
    kChannel,
    kChannel,
};

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+CEER",
            .summary = "Cause of the last failure",
            .manual = "M66 4.1",
            .execution = atcmd::plain<&show_last_error>()},
    Command{.name = "+CPAS",
            .summary = "What the module is busy with",
            .manual = "M66 4.2",
            .execution = atcmd::plain<&show_activity>(),
            .test_text = " (0,2,3,4)"},
    Command{.name = "+QNSTATUS",
            .summary = "Service",
            .manual = "M66 4.8",
            .execution = atcmd::plain<&show_network_status>()},
    Command{.name = "+COPS",
            .summary = "Operator",
            .manual = "M66 6.1",
            .write = atcmd::write<&select_operator>(kOperator).ignores_more(),
            .read = atcmd::plain<&show_operator>(),
            .test = atcmd::plain<&list_operators>()},
    Command{.name = "+QBAND",
            .summary = "Frequency bands",
            .manual = "M66 6.4–6.9",
            .confidence = Confidence::seen,
            .write = atcmd::write<&set_band>(kBand).ignores_more(),
            .read = atcmd::plain<&show_band>(),
            .test = atcmd::plain<&list_bands>()},
    Command{.name = "+QENG",
            .summary = "Serving cell",
            .manual = "M66 6.4–6.9",
            .confidence = Confidence::seen,
            .write = atcmd::write<&set_engineering>(kEngineering).ignores_more(),
            .read = atcmd::plain<&show_engineering>()},
    Command{.name = "+QOPS",
            .summary = "Networks and their cells",
            .manual = "logs (field reports 6)",
            .confidence = Confidence::seen,
            .read = atcmd::plain<&scan_cells>(),
            .execution = atcmd::plain<&scan_cells>(),
            .lines = kCellScanLines,
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+QLOCKF",
            .summary = "Keep to frequencies",
            .manual = "M66 6.4–6.9",
            .confidence = Confidence::inferred,
            .write = written<Remembered<0>>(kFrequencyLock).ignores_more(),
            .read = said<Remembered<0>>(),
            .test_text = " (0-2),(0,1),(0-1023)",
            .invalid_parameter = cme::kInvalidArfcn},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kOperatorFamily{"Operator and cell", kCommands};

}  // namespace quasimodem::commands
