// SPDX-License-Identifier: Apache-2.0
// The serial interface (M66 3).

#include "emulator/commands/setting.hpp"

namespace quasimodem::commands {
namespace {

// AT+IPR — fixed rate or 0 for autobaud; a new rate counts after the OK                                      [M66 3.6]
constexpr int kRates[] = {0, 75, 150, 300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200};
constexpr Meaning kAutobaud[] = {{0, "autobaud: the module learns the rate from AT"}};
constexpr std::array kRate{atcmd::integer("rate", 0, 115200).among(kRates).meaning(kAutobaud)};

// AT+ICF=<format>[,<parity>]                                                                                 [M66 3.3]
constexpr Meaning kUsualFraming[] = {{3, "8 data bits, no parity, 1 stop bit"}};
constexpr std::array kFraming{
    atcmd::integer("format", 1, 6).as_range().meaning(kUsualFraming),
    atcmd::integer("parity", 0, 3).as_range().optional(3),
};

// AT+IFC=<dce_by_dte>[,<dte_by_dce>]                                                                         [M66 3.4]
constexpr Meaning kFlowToTe[] = {{0, "the module is never held back"}, {1, "XON/XOFF"}, {2, "RTS"}};
constexpr Meaning kFlowFromTe[] = {{0, "the host is never held back"}, {1, "XON/XOFF"}, {2, "CTS"}};
constexpr std::array kFlowControl{
    atcmd::integer("dce_by_dte", 0, 3).as_range().meaning(kFlowToTe),
    atcmd::choice("dte_by_dce", kFlowFromTe).as_range().optional(),
};

// MANUAL M66 3.6: ATZ leaves all three alone.
constexpr Command of_the_line(std::string_view test_text, Command command) {
  return in_profile(tested_as(test_text, command), {.restored = false});
}

constexpr auto kCommands = with_cme(std::array{
    of_the_line(" (0,75,150,300,600,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200),"
                "(0,75,150,300,600,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200)",
                setting_list<kRate, &Settings::baud>("+IPR", "Baud rate", "M66 3.6")),
    of_the_line(" (1-6),(0-3)", setting_list<kFraming, &Settings::character_format, &Settings::parity>(
                                    "+ICF", "Character framing", "M66 3.3")),
    of_the_line(" (0-3),(0-2)", setting_list<kFlowControl, &Settings::flow_to_te, &Settings::flow_from_te>(
                                    "+IFC", "Flow control", "M66 3.4")),
    in_profile(remembered_number<0, 1, 0>("+ILRR", "Report the local rate", "M66 3.5")),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSerialFamily{"Serial interface", kCommands};

}  // namespace quasimodem::commands
