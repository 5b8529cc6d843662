// SPDX-License-Identifier: Apache-2.0
// Errors, power, SIM, clock and the settings that hosts send first (M66 2.19–2.22, 4, 5, 8.2, 14.1).

#include <algorithm>

#include "emulator/commands/setting.hpp"
#include "emulator/commands/sim_results.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Dialogue;
using device::Functionality;
using device::SimStatus;

// AT+QPOWD=<mode> — 1 NORMAL POWER DOWN and no OK, 0 OK and off at once                                     [M66 2.20]
struct PowerDown {
  int mode = 0;
};
constexpr Meaning kPowerDowns[] = {{0, "at once, without a word"}, {1, "in order: NORMAL POWER DOWN"}};
constexpr std::array kPowerDown{atcmd::choice<&PowerDown::mode>("mode", kPowerDowns).as_range()};
constexpr Line kPowerDownLines[] = {{kPowerDownWords, Line::urc, "switching off, asked for by AT+QPOWD or PWRKEY"}};

Reply power_down(Call& call, const PowerDown& args) {
  call.me().power_off_soon();
  return args.mode == 1 ? Reply::result(kPowerDownWords) : Reply::ok();
}

// AT+CFUN=<fun>[,<rst>]                                                                                     [M66 2.19]
constexpr Meaning kFunctionalities[] = {
    {0, "minimum functionality: no radio, no SIM"}, {1, "full functionality"}, {4, "radio off"}};
constexpr Meaning kRestarts[] = {{0, "without a restart"}, {1, "with a restart"}};
constexpr Line kFunctionalityLines[] = {{"+CFUN: <fun>", Line::urc, "how much of the module works"}};
struct Fun {
  int fun = 1;
  int restart = 0;
};
constexpr std::array kFun{
    atcmd::choice<&Fun::fun>("fun", kFunctionalities).as_range(),
    atcmd::choice<&Fun::restart>("rst", kRestarts).as_range().optional(0),
};

Reply set_functionality(Call& call, const Fun& args) {
  if (args.restart) {
    call.me().restart_soon();
    return Reply::ok();
  }
  const auto wanted = static_cast<Functionality>(args.fun);
  const bool sim_goes =
      wanted == Functionality::minimum && call.me().functionality() != wanted && call.me().sim().inserted();
  call.me().set_functionality(wanted);
  // MANUAL M66 2.19 (example): the SIM's farewell stands before the OK.
  if (sim_goes) call.respond(sim_status_line(SimStatus::not_ready));
  return Reply::ok();
}
Reply show_functionality(Call& call) {
  call.respond(fmt::format("+CFUN: {}", static_cast<int>(call.me().functionality())));
  return Reply::ok();
}

// AT+QINISTAT                                                                                                [M66 4.7]
Reply show_initialisation(Call& call) {
  call.respond(fmt::format("+QINISTAT: {}", call.me().initialisation()));
  return Reply::ok();
}

// AT+CPIN=<pin>[,<new pin>]                                                                                  [M66 5.3]
struct Pin {
  std::string_view pin;
  std::optional<std::string_view> new_pin;
};
constexpr std::array kPin{
    atcmd::text<&Pin::pin>("pin", 1, 8),
    atcmd::text<&Pin::new_pin>("new pin", 4, 8).optional(),
};

constexpr Meaning kSimCodes[] = {
    {"READY", "nothing: it is ready"},
    {"SIM PIN", "its PIN: AT+CPIN=\"…\""},
    {"SIM PUK", "its PUK and a new PIN: AT+CPIN=\"…\",\"…\""},
    {"NOT INSERTED", "there is no SIM"},
    {"NOT READY", "it cannot be used now"},
};
constexpr Line kPinLines[] = {{"+CPIN: <code>", Line::urc, "what the SIM waits for", "", "code", kSimCodes}};

// With SIM PUK <pin> is the PUK and <new pin> the PIN from now on. ASSUMED: the PUK alone is answered like a PIN then.
Reply enter_pin(Call& call, const Pin& args) {
  if (call.me().sim_status() == SimStatus::busy) return Reply::cme(cme::kSimBusy);
  const bool blocked = call.me().sim_status() == SimStatus::puk_needed;
  const auto result =
      blocked && args.new_pin ? call.me().unblock_pin(args.pin, *args.new_pin) : call.me().enter_pin(args.pin);
  if (const auto error = cme_of(result)) return Reply::cme(error);
  call.respond(sim_status_line(SimStatus::ready));
  return Reply::ok();
}

Reply show_pin(Call& call) {
  const auto status = call.me().sim_status();
  if (status != SimStatus::pin_needed && status != SimStatus::puk_needed && status != SimStatus::ready)
    return Reply::cme(cme_of(status));
  call.respond(sim_status_line(status));
  return Reply::ok();
}

// AT+CCLK="yy/MM/dd,hh:mm:ss±zz"                                                                            [M66 14.1]
struct Clock {
  std::string_view time;
};
constexpr std::array kClock{atcmd::text<&Clock::time>("time", 17, 20)};

Reply set_clock(Call& call, const Clock& args) {
  const auto time = device::parse_local_time(args.time);
  if (!time) return Reply::cme(cme::kOperationNotAllowed);
  call.me().rtc().set(*time);
  return Reply::ok();
}
Reply show_clock(Call& call) {
  call.respond(fmt::format("+CCLK: \"{}\"", device::to_text(call.me().rtc().now())));
  return Reply::ok();
}

// AT+CSCS="<character set>"                                                                                 [M66 2.22]
constexpr std::array<std::string_view, 6> kCharacterSets{"GSM", "HEX", "IRA", "PCCP437", "UCS2", "8859-1"};
struct CharacterSet {
  std::string_view name;
};
constexpr std::array kCharacterSet{atcmd::text<&CharacterSet::name>("chset", 1, 10)};

Reply set_character_set(Call& call, const CharacterSet& args) {
  const bool known = std::find(kCharacterSets.begin(), kCharacterSets.end(), args.name) != kCharacterSets.end();
  if (!known) return Reply::cme(cme::kOperationNotAllowed);
  call.settings().character_set = args.name;
  return Reply::ok();
}
std::vector<std::string> character_set_of(const Command&, const void* settings) {
  return {static_cast<const Settings*>(settings)->character_set};
}
void recall_character_set(const Command&, void* settings, std::size_t, std::string_view name) {
  static_cast<Settings*>(settings)->character_set = name;
}
Reply show_character_set(Call& call) {
  call.respond(fmt::format("+CSCS: \"{}\"", call.settings().character_set));
  return Reply::ok();
}

constexpr Meaning kErrorFormats[] = {{0, "ERROR alone"}, {1, "+CME ERROR with a number"}, {2, "+CME ERROR with words"}};
constexpr Meaning kReadyReport[] = {{0, "Call Ready is not said"}, {1, "Call Ready is said"}};
constexpr Line kReadyLines[] = {{"Call Ready", Line::urc, "calls and messages can be made (AT+QIURC)"}};
constexpr Meaning kMessageFormats[] = {{0, "PDU mode"}, {1, "text mode"}};

constexpr auto kCommands = with_cme(std::array{
    in_profile(setting<&Dialogue::error_format, kErrorFormats>("+CMEE", "Error report format", "M66 2.21")),
    Command{.name = "+CFUN",
            .summary = "Functionality",
            .manual = "M66 2.19",
            .write = atcmd::write<&set_functionality>(kFun),
            .read = atcmd::plain<&show_functionality>(),
            .test_text = " (0,1,4),(0,1)",
            .lines = kFunctionalityLines},
    Command{.name = "+QPOWD",
            .summary = "Power down",
            .manual = "M66 2.20",
            .write = atcmd::write<&power_down>(kPowerDown),
            .lines = kPowerDownLines},
    Command{.name = "+CSCS",
            .summary = "TE character set",
            .manual = "M66 2.22",
            .write = atcmd::write<&set_character_set>(kCharacterSet),
            .read = atcmd::plain<&show_character_set>(),
            .test_text = " (\"GSM\",\"HEX\",\"IRA\",\"PCCP437\",\"UCS2\",\"8859-1\")",
            .values = {.read = &character_set_of, .write = &recall_character_set},
            .profile = Profile{}},
    in_profile(saying(kReadyLines, setting<&Settings::initialisation_report, kReadyReport>(
                                       "+QIURC", "Report Call Ready", "M66 4.5"))),
    Command{.name = "+QINISTAT",
            .summary = "State of initialisation",
            .manual = "M66 4.7",
            .execution = atcmd::plain<&show_initialisation>()},
    Command{.name = "+CPIN",
            .summary = "SIM PIN",
            .manual = "M66 5.3",
            .write = atcmd::write<&enter_pin>(kPin),
            .read = atcmd::plain<&show_pin>(),
            .test = atcmd::answers_ok(),
            .lines = kPinLines},
    in_profile(setting<&Settings::text_mode, kMessageFormats>("+CMGF", "SMS message format", "M66 8.2")),
    Command{.name = "+CCLK",
            .summary = "Clock",
            .manual = "M66 14.1",
            .write = atcmd::write<&set_clock>(kClock),
            .read = atcmd::plain<&show_clock>(),
            .test = atcmd::answers_ok()},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kGeneralFamily{"General", kCommands};

}  // namespace quasimodem::commands
