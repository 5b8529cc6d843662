// SPDX-License-Identifier: Apache-2.0
// Registration, attachment and signal (M66 6, 10).

#include "emulator/commands/setting.hpp"
#include "emulator/commands/urcs.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/registration.hpp"

namespace quasimodem::commands {
namespace {

using device::Domain;

// AT+CREG?, AT+CGREG? → <n>,<stat>[,"<lac>","<ci>"]                                                  [M66 6.2, 10.10]
Reply show_registration(Call& call, std::string_view name, RegistrationReport report, Domain domain) {
  call.respond(
      fmt::format("{}: {},{}", name, static_cast<int>(report), registration_fields(call.me(), report, domain)));
  return Reply::ok();
}
Reply show_circuit_switched(Call& call) {
  return show_registration(call, "+CREG", call.settings().registration_report, Domain::circuit_switched);
}
Reply show_packet_switched(Call& call) {
  return show_registration(call, "+CGREG", call.settings().packet_registration_report, Domain::packet_switched);
}

constexpr Meaning kRegistrationReport[] = {
    {0, "no URC"}, {1, "URC when the registration changes"}, {2, "URC with location area and cell"}};
constexpr Meaning kStatus[] = {{0, "not registered and not searching"},
                               {1, "registered, home network"},
                               {2, "searching"},
                               {3, "registration denied"},
                               {4, "unknown"},
                               {5, "registered, roaming"}};
constexpr Line kRegistrationLines[] = {
    {"+CREG: <n>,<stat>[,<lac>,<ci>]", Line::response, "registration in the circuit switched network", "", "stat",
     kStatus},
    {"+CREG: <stat>[,<lac>,<ci>]", Line::urc, "registration in the circuit switched network changed", "", "stat",
     kStatus},
};
constexpr Line kPacketRegistrationLines[] = {
    {"+CGREG: <n>,<stat>[,<lac>,<ci>]", Line::response, "registration in the packet switched network", "", "stat",
     kStatus},
    {"+CGREG: <stat>[,<lac>,<ci>]", Line::urc, "registration in the packet switched network changed", "", "stat",
     kStatus},
};

constexpr Command registration(Command command, Form read, std::span<const Line> lines) {
  command.read = read;
  return saying(lines, atcmd::ignoring_more(command));
}

// AT+CGATT=<state> — up to 75 s                                                                             [M66 10.1]
struct AttachState {
  int state = 1;
};
constexpr Meaning kAttachStates[] = {{0, "detached"}, {1, "attached"}};
constexpr std::array kAttachState{atcmd::choice<&AttachState::state>("state", kAttachStates).as_range()};

Reply set_attachment(Call& call, const AttachState& args) {
  const auto responder = call.hold(75s);
  const auto attached = [responder](bool done) {
    responder.finish(done ? Reply::ok() : Reply::cme(cme::kNoNetworkService));
  };
  // MANUAL M66 10.10 (example): NO CARRIER when a context falls with it.
  const auto detached = [responder, &me = call.me()](bool) {
    responder.finish(me.end_bearers() ? Reply::code(ResultCode::no_carrier) : Reply::ok());
  };
  auto& registration = call.me().registration();
  args.state ? registration.attach(attached) : registration.detach(detached);
  return Reply::held();
}
Reply show_attachment(Call& call) {
  call.respond(fmt::format("+CGATT: {}", call.me().registration().attached() ? 1 : 0));
  return Reply::ok();
}

// AT+CSQ → <rssi>,<ber>                                                                                      [M66 6.3]
Reply show_signal(Call& call) {
  const auto strength = call.me().signal_strength();
  call.respond(fmt::format("+CSQ: {},{}", strength, strength == 99 ? 99 : call.me().registration().bit_error_rate()));
  return Reply::ok();
}

constexpr Meaning kStrengths[] = {{99, "unknown: no cell"}};
constexpr Line kSignalLines[] = {{"+CSQ: <rssi>,<ber>", Line::response, "signal quality", "", "rssi", kStrengths}};

constexpr auto kCommands = with_cme(std::array{
    registration(
        in_profile(setting<&Settings::registration_report, kRegistrationReport>("+CREG", "Registration", "M66 6.2")),
        atcmd::plain<&show_circuit_switched>(), kRegistrationLines),
    Command{.name = "+CSQ",
            .summary = "Signal quality",
            .manual = "M66 6.3",
            .execution = atcmd::plain<&show_signal>(),
            .test_text = " (0-31,99),(0-7,99)",
            .lines = kSignalLines},
    Command{.name = "+CGATT",
            .summary = "Attachment to the packet domain",
            .manual = "M66 10.1",
            .write = atcmd::write<&set_attachment>(kAttachState).ignores_more(),
            .read = atcmd::plain<&show_attachment>()},
    registration(setting<&Settings::packet_registration_report, kRegistrationReport>(
                     "+CGREG", "Registration in the packet domain", "M66 10.10"),
                 atcmd::plain<&show_packet_switched>(), kPacketRegistrationLines),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kNetworkFamily{"Network", kCommands};

}  // namespace quasimodem::commands
