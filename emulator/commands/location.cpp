// SPDX-License-Identifier: Apache-2.0
// Where the module is, by its cell (drivers and logs: field reports 9 and 18).
#include <chrono>

#include "emulator/commands/family.hpp"
#include "emulator/device/locator.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/rtc.hpp"

namespace quasimodem::commands {
namespace {

constexpr auto kLimit = 150s;  // what AT+QIACT may take (M66 11.7)

std::string place_text(const device::Locator::Place& place) {
  return fmt::format("{:.6f},{:.6f}", place.longitude, place.latitude);
}

/// OBSERVED: UTC, beside a local AT+CCLK. ASSUMED: the module's clock gives it; the maker's server has its own.
std::string time_text(UtcTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format("{:04}/{:02}/{:02},{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

/// OBSERVED: hosts send it after AT+QICSGP, without AT+QIACT: the context is brought up for it.
/// ASSUMED: the number of the error without a bearer, and that the same answer comes for every <type>.
Reply locate(Call& call, std::string (*answer)(device::MobileEquipment& me)) {
  call.me().locator().start(call.context(), call.hold(kLimit, [answer](Call& held, bool found) {
    if (!found) return Reply::cme(cme::kNoNetworkService);
    held.respond(answer(held.me()));
    return Reply::ok();
  }));
  return Reply::held();
}

struct Type {
  int type = 1;
};
// AT+QCELLLOC[=<type>] → <longitude>,<latitude>
constexpr std::array kCellType{atcmd::integer<&Type::type>("type", 1, 1).as_range()};
Reply locate_cell(Call& call, const Type&) {
  return locate(call, [](device::MobileEquipment& me) { return "+QCELLLOC: " + place_text(me.locator().place); });
}
Reply locate_cell_now(Call& call) { return locate_cell(call, {}); }

// AT+QGSMLOC[=<type>] → 0,<longitude>,<latitude>,<yyyy/mm/dd>,<hh:mm:ss>. OBSERVED: hosts send 1, 2, 4 and 7
constexpr std::array kModuleType{atcmd::integer<&Type::type>("type", 1, 7).as_range()};
Reply locate_module(Call& call, const Type&) {
  return locate(call, [](device::MobileEquipment& me) {
    return fmt::format("+QGSMLOC: 0,{},{}", place_text(me.locator().place), time_text(me.rtc().utc()));
  });
}
Reply locate_module_now(Call& call) { return locate_module(call, {}); }

constexpr Line kCellLines[] = {{"+QCELLLOC: <longitude>,<latitude>", Line::response, "where the cell is, in degrees"}};
constexpr Line kModuleLines[] = {{"+QGSMLOC: <located>,<longitude>,<latitude>,<date>,<hours>", Line::response,
                                  "where the module is, in degrees, and the time in UTC"}};

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+QCELLLOC",
            .summary = "Where the cell is",
            .manual = "drivers (field reports 9)",
            .confidence = Confidence::seen,
            .write = atcmd::write<&locate_cell>(kCellType).ignores_more(),
            .execution = atcmd::plain<&locate_cell_now>(),
            .lines = kCellLines},
    Command{.name = "+QGSMLOC",
            .summary = "Where the module is, and the time",
            .manual = "drivers (field reports 18)",
            .confidence = Confidence::seen,
            .write = atcmd::write<&locate_module>(kModuleType).ignores_more(),
            .execution = atcmd::plain<&locate_module_now>(),
            .lines = kModuleLines},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kLocationFamily{"Location", kCommands};

}  // namespace quasimodem::commands
