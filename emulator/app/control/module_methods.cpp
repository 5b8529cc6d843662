// SPDX-License-Identifier: Apache-2.0
// What is done to the module itself: its power, its lines, its clock.
#include <algorithm>
#include <iterator>

#include <fmt/core.h>

#include "emulator/app/base/clock_text.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/event_records.hpp"

namespace quasimodem::app::control {
namespace {

using Level = device::SupplyVoltage::Level;

// ---- power ----

constexpr Param kPowerParams[] = {
    {"key", ParamType::boolean, "a pulse on PWRKEY: on, or off with NORMAL POWER DOWN"},
    {"on", ParamType::boolean, "the same, unless it is on already"},
    {"off", ParamType::boolean, "the same, unless it is off already"},
    {"cut", ParamType::boolean, "the supply is gone at once, without a word"},
    {"under_voltage", ParamType::boolean, "UNDER_VOLTAGE WARNING"},
    {"over_voltage", ParamType::boolean, "OVER_VOLTAGE WARNING"},
    {"shutdown", ParamType::boolean, "with under_voltage or over_voltage: the module gives up"},
};

Outcome power(Call& call) {
  const auto& wish = call.arguments;
  auto& modem = call.target.modem();
  const auto given = [&](const Param& param) { return param.name != "shutdown" && wish.has(param.name); };
  if (std::count_if(std::begin(kPowerParams), std::end(kPowerParams), given) != 1) {
    return invalid("power needs exactly one of key, on, off, cut, under_voltage, over_voltage");
  }
  const bool is_off = modem.me().power() == device::Power::off;
  const bool shutdown = wish.flag("shutdown");
  const bool voltage = wish.flag("under_voltage") || wish.flag("over_voltage");
  if (shutdown && !voltage) {
    return invalid("power: shutdown goes with under_voltage or over_voltage");
  }
  // ASSUMED: it measures its supply only while it runs.
  if (voltage && modem.me().power() != device::Power::on) {
    return impossible("power: the module is off and does not measure its supply");
  }
  const bool press = wish.flag("key") || (wish.flag("on") && is_off) || (wish.flag("off") && !is_off);
  if (press) modem.power_key();
  if (wish.flag("cut")) modem.cut_supply();
  if (wish.flag("under_voltage")) {
    modem.me().outside().report_voltage(shutdown ? Level::under_power_down : Level::under_warning);
  }
  if (wish.flag("over_voltage"))
    modem.me().outside().report_voltage(shutdown ? Level::over_power_down : Level::over_warning);
  return JsonObject{{"power", emulator::word_of(modem.me().power())}};
}

// ---- line ----

constexpr Param kLineParams[] = {
    {"dtr", ParamType::boolean, "the host's DTR, for endpoints that have none"},
    {"rts", ParamType::boolean, "the host's RTS"},
};

Outcome line(Call& call) {
  auto& modem = call.target.modem();
  if (const auto level = call.arguments.get<bool>("dtr")) modem.set_line(emulator::Line::dtr, *level);
  if (const auto level = call.arguments.get<bool>("rts")) modem.set_line(emulator::Line::rts, *level);
  return JsonObject{{"dtr", modem.line(emulator::Line::dtr)}, {"rts", modem.line(emulator::Line::rts)},
                    {"cts", modem.line(emulator::Line::cts)}, {"dsr", modem.line(emulator::Line::dsr)},
                    {"dcd", modem.line(emulator::Line::dcd)}, {"ri", modem.line(emulator::Line::ri)}};
}

// ---- clock ----

constexpr Param kClockParams[] = {
    {"set", ParamType::text, "the module's RTC: ISO 8601, host or factory"},
    {"advance", ParamType::duration, "lets so much module time pass at once: 5s, 90s, 2h; at most a year"},
};

// Half of what a Timeline can count, in steps that are over before anybody takes them for a hang.
constexpr Duration kLongestStep = 24h * 366;
constexpr Duration kEndOfTime = kLongestStep * 100;

Outcome clock(Call& call) {
  const auto span = call.arguments.get<Duration>("advance");
  if (span > kLongestStep) return invalid("clock: advance: a year (8784h) at a time");
  if (span && call.target.timeline().now().time_since_epoch() + *span > kEndOfTime) {
    return impossible("clock: the module has run for a hundred years");
  }
  // ASSUMED: a clock that is set says nothing, as with AT+CCLK; certificates are checked against it from the next
  // handshake on.
  if (const auto text = call.arguments.get<std::string>("set")) {
    const auto time = read_clock(*text, call.target.host_time());
    if (!time) {
      return invalid(fmt::format("clock: set=\"{}\" is no time; use host, factory or 2015-04-08T12:00:00Z", *text));
    }
    call.target.modem().me().rtc().set(*time);
  }
  if (span) call.target.jump(*span);
  return JsonObject{{"rtc", iso_text(call.target.modem().me().rtc().now())},
                    {"t", std::chrono::duration<double>{call.target.timeline().now().time_since_epoch()}.count()}};
}

// ---- reset ----

constexpr Param kResetParams[] = {
    {"forget", ParamType::boolean, "erase NVRAM as well: certificates, saved settings, messages"},
};

Outcome reset(Call& call) {
  call.target.reset(call.arguments.flag("forget") ? Target::Memory::forget : Target::Memory::keep);
  return Json(true);
}

constexpr Method kMethods[] = {
    {"power", "switches the module on and off, or disturbs its supply", kPowerParams, &power},
    {"line", "sets the host's modem lines and shows all of them", kLineParams, &line},
    {"clock", "sets the module's clock or lets module time pass", kClockParams, &clock},
    {"reset", "the module as it was at the start, on; SIM, network, signal and settings too", kResetParams, &reset},
};

}  // namespace

std::span<const Method> module_methods() { return kMethods; }

}  // namespace quasimodem::app::control
