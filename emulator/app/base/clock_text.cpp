// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/clock_text.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

/// `2015-04-08T12:00:00`, with `Z`, `±hh:mm` or nothing behind it (UTC).
std::optional<device::LocalTime> read_iso_time(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  int hour = 0, minute = 0, second = 0, zone_hours = 0, zone_minutes = 0, used = 0;
  char sign = '+';
  const bool has_time =
      std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &used) == 6;
  if (!has_time && (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) != 3)) used = 0;
  const auto rest = used > 0 ? text.substr(static_cast<std::size_t>(used)) : "?";
  int zone_used = 0;
  const bool zone_ok = rest.empty() || rest == "Z" ||
                       (std::sscanf(rest.c_str(), "%c%2d:%2d%n", &sign, &zone_hours, &zone_minutes, &zone_used) == 3 &&
                        static_cast<std::size_t>(zone_used) == rest.size() && (sign == '+' || sign == '-') &&
                        zone_hours <= 12 && zone_minutes < 60);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
  if (used == 0 || !zone_ok || !date.ok() || hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 ||
      second < 0) {
    return std::nullopt;
  }
  const int quarters = (zone_hours * 60 + zone_minutes) / 15;
  return device::LocalTime{std::chrono::local_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
                               std::chrono::seconds{second},
                           sign == '-' ? -quarters : quarters};
}

}  // namespace

std::optional<device::LocalTime> read_clock(const std::string& text, const std::optional<device::LocalTime>& host) {
  if (text == "host") return host;
  if (text == "factory") return device::LocalTime::factory();
  return read_iso_time(text);
}

std::string iso_text(const device::LocalTime& local) {
  const auto day = std::chrono::floor<std::chrono::days>(local.time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{local.time - day};
  const int minutes = std::abs(local.quarter_hours) * 15;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), local.quarter_hours < 0 ? '-' : '+', minutes / 60,
                     minutes % 60);
}

}  // namespace quasimodem::app
