// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/alarm.hpp"

#include <chrono>

#include "emulator/device/kept.hpp"
#include "emulator/device/rtc.hpp"

namespace quasimodem::device {
namespace {

using std::chrono::days;

/// The same day of a later month. ASSUMED: months that lack it are left out.
LocalTime a_month_later(LocalTime local) {
  const auto day = std::chrono::floor<days>(local.time);
  const auto clock = local.time - day;
  std::chrono::year_month_day date{day};
  do {
    date += std::chrono::months{1};
  } while (!date.ok());
  local.time = std::chrono::local_days{date} + clock;
  return local;
}

/// The first of the alarm's times after `now`.
LocalTime next_time(LocalTime time, Alarm::Repeat repeat, UtcTime now) {
  if (repeat == Alarm::Repeat::monthly) {
    while (time.utc() <= now) time = a_month_later(time);
    return time;
  }
  const days step{repeat == Alarm::Repeat::daily ? 1 : 7};
  if (time.utc() <= now) time.time += ((now - time.utc()) / step + 1) * step;
  return time;
}

}  // namespace

bool Alarm::set(const Setting& setting) {
  if (setting.repeat == Repeat::none && !in_future(setting.time)) return false;
  setting_ = setting;
  arm();
  kept_.keep(setting_);
  return true;
}

void Alarm::clear() {
  timer_.cancel();
  setting_.reset();
  kept_.keep(setting_);
}

void Alarm::clock_changed() {
  if (setting_) arm();
}

bool Alarm::in_future(const LocalTime& time) const { return time.utc() > rtc_.utc(); }

void Alarm::arm() {
  timer_.cancel();
  if (setting_->repeat != Repeat::none) setting_->time = next_time(setting_->time, setting_->repeat, rtc_.utc());
  if (in_future(setting_->time)) timer_.start(rtc_.until(setting_->time.utc()), [this] { ring(); });
}

void Alarm::ring() {
  const auto rang = *setting_;
  if (rang.repeat == Repeat::none) {
    setting_.reset();
  } else {
    arm();
  }
  kept_.keep(setting_);
  on_alarm_(rang);
}

void Alarm::recall() {
  setting_ = kept_.alarm();
  if (setting_) arm();
}

}  // namespace quasimodem::device
