// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/alarm.hpp"

#include <chrono>

#include <fmt/core.h>

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
  return true;
}

void Alarm::clear() {
  timer_.cancel();
  setting_.reset();
}

void Alarm::clock_changed() {
  if (setting_) arm();
}

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
  on_alarm_(rang);
}

std::string Alarm::record() const {
  if (!setting_) return {};
  return fmt::format("{} {} {}", to_text(setting_->time), static_cast<int>(setting_->repeat),
                     static_cast<int>(setting_->power));
}

void Alarm::recall(std::string_view record) {
  constexpr std::size_t kTimeLength = std::string_view{"yy/MM/dd,hh:mm:ss+zz"}.size();
  constexpr std::size_t kLength = kTimeLength + std::string_view{" r p"}.size();
  const auto time = record.size() == kLength ? parse_local_time(record.substr(0, kTimeLength)) : std::nullopt;
  clear();
  if (!time) return;
  const auto repeat = record[kLength - 3] - '0', power = record[kLength - 1] - '0';
  if (repeat < 0 || repeat > 3 || power < 0 || power > 2) return;
  setting_ = Setting{*time, static_cast<Repeat>(repeat), static_cast<Power>(power)};
  arm();
}

}  // namespace quasimodem::device
