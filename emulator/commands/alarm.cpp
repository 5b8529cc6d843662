// SPDX-License-Identifier: Apache-2.0
// The alarm of the RTC (M66 14.2): URC ALARM RING, and ALARM MODE from a module that it has switched on.
#include "emulator/device/alarm.hpp"

#include "emulator/commands/family.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::commands {
namespace {

using device::Alarm;

// AT+QALARM=<state>[,"<time>"[,<repeat>[,<power>]]] — 0 clears it; <repeat> 0 not, 1 daily, 2 weekly, 3 monthly;
// <power> 0 as it is, 1 off, 2 on                                                                           [M66 14.2]
// ASSUMED: the ranges of <repeat> and <power>; the source has their names only. One alarm, and none in the past.
struct AlarmArguments {
  int state = 0;
  std::optional<std::string_view> time;
  Alarm::Repeat repeat = Alarm::Repeat::none;
  Alarm::Power power = Alarm::Power::unchanged;
};
constexpr std::array kAlarm{
    atcmd::integer<&AlarmArguments::state>("state", 0, 1).as_range(),
    atcmd::text<&AlarmArguments::time>("time", 17, 20).optional(),
    atcmd::integer<&AlarmArguments::repeat>("repeat", 0, 3).as_range().optional(0),
    atcmd::integer<&AlarmArguments::power>("power", 0, 2).as_range().optional(0),
};

Reply set_alarm(Call& call, const AlarmArguments& args) {
  if (args.state == 0) {
    call.me().alarm().clear();
    return Reply::ok();
  }
  const auto time = args.time ? device::parse_local_time(*args.time) : std::nullopt;
  if (!time || !call.me().alarm().set({*time, args.repeat, args.power})) return Reply::cme(cme::kOperationNotAllowed);
  return Reply::ok();
}

// OBSERVED: the SDK's ril_alarm.c reads the time behind the first comma and quote. ASSUMED: the rest of the line.
Reply show_alarm(Call& call) {
  const auto& setting = call.me().alarm().setting();
  if (setting) {
    call.respond(fmt::format("+QALARM: 1,\"{}\",{},{}", device::to_text(setting->time),
                             static_cast<int>(setting->repeat), static_cast<int>(setting->power)));
  } else {
    call.respond("+QALARM: 0,\"\",0,0");
  }
  return Reply::ok();
}

constexpr Line kAlarmLines[] = {{"ALARM RING", Line::urc, "an alarm of AT+QALARM"},
                                {"ALARM MODE", Line::urc, "switched on by an alarm"}};

constexpr auto kCommands = with_cme(std::array{
    Command{.name = "+QALARM",
            .summary = "Alarm",
            .manual = "M66 14.2",
            .write = atcmd::write<&set_alarm>(kAlarm),
            .read = atcmd::plain<&show_alarm>(),
            .test_text = " (0,1),\"yy/MM/dd,hh:mm:ss+zz\",(0-3),(0-2)",
            .lines = kAlarmLines},
});
static_assert(atcmd::names_are_unique(kCommands));

}  // namespace

const atcmd::Family kAlarmFamily{"Alarm", kCommands};

}  // namespace quasimodem::commands
