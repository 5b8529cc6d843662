// SPDX-License-Identifier: Apache-2.0
// The serial interface (M66 3).
#include <array>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/setting.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Command;
using atcmd::Meaning;
using atcmd::Reply;

// AT+IPR — fixed rate or 0 for autobaud; a new rate counts after the OK                                      [M66 3.6]
constexpr int kRates[] = {0, 75, 150, 300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200};
struct Rate {
  int rate = 0;
};
constexpr Meaning kAutobaud[] = {{0, "autobaud: the module learns the rate from AT"}};
constexpr std::array kRate{atcmd::integer<&Rate::rate>("rate", 0, 115200).among(kRates).meaning(kAutobaud)};

Reply set_rate(Call& call, const Rate& args) {
  call.settings().baud = args.rate;
  return Reply::ok();
}
Reply show_rate(Call& call) {
  call.respond(fmt::format("+IPR: {}", call.settings().baud));
  return Reply::ok();
}

// AT+ICF=<format>[,<parity>]                                                                                 [M66 3.3]
struct Framing {
  int format = 3;
  int parity = 3;
};
constexpr Meaning kUsualFraming[] = {{3, "8 data bits, no parity, 1 stop bit"}};
constexpr std::array kFraming{
    atcmd::integer<&Framing::format>("format", 1, 6).as_range().meaning(kUsualFraming),
    atcmd::integer<&Framing::parity>("parity", 0, 3).as_range().optional(3),
};
Reply set_framing(Call& call, const Framing& args) {
  call.settings().character_format = args.format;
  call.settings().parity = args.parity;
  return Reply::ok();
}
Reply show_framing(Call& call) {
  call.respond(fmt::format("+ICF: {},{}", call.settings().character_format, call.settings().parity));
  return Reply::ok();
}

// AT+IFC=<dce_by_dte>[,<dte_by_dce>]                                                                         [M66 3.4]
struct FlowControl {
  int to_te = 0;
  std::optional<int> from_te;
};
constexpr Meaning kFlowToTe[] = {{0, "the module is never held back"}, {1, "XON/XOFF"}, {2, "RTS"}};
constexpr Meaning kFlowFromTe[] = {{0, "the host is never held back"}, {1, "XON/XOFF"}, {2, "CTS"}};
constexpr std::array kFlowControl{
    atcmd::integer<&FlowControl::to_te>("dce_by_dte", 0, 3).as_range().meaning(kFlowToTe),
    atcmd::choice<&FlowControl::from_te>("dte_by_dce", kFlowFromTe).as_range().optional(),
};
Reply set_flow_control(Call& call, const FlowControl& args) {
  call.settings().flow_to_te = args.to_te;
  if (args.from_te) call.settings().flow_from_te = *args.from_te;
  return Reply::ok();
}
Reply show_flow_control(Call& call) {
  call.respond(fmt::format("+IFC: {},{}", call.settings().flow_to_te, call.settings().flow_from_te));
  return Reply::ok();
}

constexpr std::array kCommands{
    Command{.name = "+IPR",
            .summary = "Baud rate",
            .manual = "M66 3.6",
            .write = atcmd::write<&set_rate>(kRate),
            .read = atcmd::plain<&show_rate>(),
            .test_text = " (0,75,150,300,600,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200),"
                         "(0,75,150,300,600,1200,2400,4800,9600,14400,19200,28800,38400,57600,115200)",
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+ICF",
            .summary = "Character framing",
            .manual = "M66 3.3",
            .write = atcmd::write<&set_framing>(kFraming),
            .read = atcmd::plain<&show_framing>(),
            .test_text = " (1-6),(0-3)",
            .invalid_parameter = cme::kOperationNotAllowed},
    Command{.name = "+IFC",
            .summary = "Flow control",
            .manual = "M66 3.4",
            .write = atcmd::write<&set_flow_control>(kFlowControl),
            .read = atcmd::plain<&show_flow_control>(),
            .test_text = " (0-3),(0-2)",
            .invalid_parameter = cme::kOperationNotAllowed},
    stored<&Settings::rate_report, 0, 1>("+ILRR", "Report the local rate", "M66 3.5"),
};
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kSerialFamily{"Serial interface", kCommands};

}  // namespace quasimodem::commands
