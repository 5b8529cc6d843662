// SPDX-License-Identifier: Apache-2.0
// What the network tells of the time (M66 4.9, 4.10, 4.12, 4.13).

#include "emulator/commands/setting.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/network_clock.hpp"

namespace quasimodem::commands {
namespace {

// AT+QLTS — the time the network told last                                                                  [M66 4.10]
Reply show_network_time(Call& call) {
  const auto time = call.me().network_clock().time();
  // ASSUMED: an empty text while it has told none.
  call.respond(time ? fmt::format("+QLTS: \"{},0\"", device::to_text(*time)) : std::string{"+QLTS: \"\""});
  return Reply::ok();
}

// AT+CTZU=<mode> — 1 to 4 take the network's time over; kept at once                                        [M66 4.12]
struct Update {
  int mode = 0;
};
constexpr Meaning kUpdates[] = {{0, "the network's time is not taken over"}};
constexpr std::array kUpdate{atcmd::integer<&Update::mode>("mode", 0, 4).as_range().meaning(kUpdates)};
Reply set_update(Call& call, const Update& args) {
  call.me().network_clock().set_update(args.mode);
  return Reply::ok();
}
Reply show_update(Call& call) {
  call.respond(fmt::format("+CTZU: {}", call.me().network_clock().update()));
  return Reply::ok();
}

constexpr Meaning kTimeReport[] = {{0, "no URC with the network's time"}, {1, "URC with the network's time"}};
constexpr Line kTimeLines[] = {{"+QNITZ: <time>", Line::urc, "the time, told by the network"}};
constexpr Meaning kZoneReport[] = {{0, "no URC"}, {1, "+CTZV"}, {2, "+CTZE"}};
constexpr Line kZoneLines[] = {
    {"+CTZV: <zone>", Line::urc, "the time zone, told by the network, in quarters of an hour"},
    {"+CTZE: <zone>,<dst>,<time>", Line::urc, "time zone and time, told by the network"},
};

constexpr auto kCommands = with_cme(std::array{
    saying(kTimeLines, atcmd::ignoring_more(setting<&Settings::network_time_report, kTimeReport>(
                           "+QNITZ", "Report the network's time", "M66 4.9"))),
    Command{.name = "+QLTS",
            .summary = "Time of the network",
            .manual = "M66 4.10",
            .execution = atcmd::plain<&show_network_time>()},
    Command{.name = "+CTZU",
            .summary = "Take over the network's time",
            .manual = "M66 4.12",
            .write = atcmd::write<&set_update>(kUpdate).ignores_more(),
            .read = atcmd::plain<&show_update>()},
    saying(kZoneLines, atcmd::ignoring_more(
                           setting<&Settings::zone_report, kZoneReport>("+CTZR", "Report the time zone", "M66 4.13"))),
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kClockFamily{"Time of the network", kCommands};

}  // namespace quasimodem::commands
