// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/rtc.hpp"

#include <cstdlib>

#include <fmt/core.h>

namespace quasimodem::device {
namespace {

constexpr auto kQuarterHour = std::chrono::minutes{15};

/// Exactly two digits at `position`.
std::optional<int> two_digits(std::string_view text, std::size_t position) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (!digit(position) || !digit(position + 1)) return std::nullopt;
  return (text[position] - '0') * 10 + (text[position + 1] - '0');
}

std::optional<int> parse_zone(std::string_view text) {
  if (text.empty()) return 0;
  if (text.size() != 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto quarters = two_digits(text, 1);
  if (!quarters || *quarters > 48) return std::nullopt;
  return text[0] == '-' ? -*quarters : *quarters;
}

}  // namespace

UtcTime LocalTime::utc() const { return UtcTime{(time - quarter_hours * kQuarterHour).time_since_epoch()}; }

Rtc::Rtc(const Timeline& timeline, LocalTime at_power_on)
    : timeline_{timeline}, base_{at_power_on}, base_at_{timeline.now()} {}

LocalTime Rtc::now() const {
  const auto passed = std::chrono::floor<std::chrono::seconds>(timeline_.now() - base_at_);
  return {base_.time + passed, base_.quarter_hours};
}

void Rtc::set(LocalTime time) {
  base_ = time;
  base_at_ = timeline_.now();
  on_set();
}

Duration Rtc::until(UtcTime time) const { return base_at_ + (time - base_.utc()) - timeline_.now(); }

LocalTime LocalTime::factory() {
  using namespace std::chrono;
  return {local_days{2004y / January / 1}, 0};
}

std::string to_text(const LocalTime& local) {
  using namespace std::chrono;
  const auto day = floor<days>(local.time);
  const year_month_day date{day};
  const hh_mm_ss clock{local.time - day};
  return fmt::format("{:02}/{:02}/{:02},{:02}:{:02}:{:02}{}{:02}", static_cast<int>(date.year()) % 100,
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), local.quarter_hours < 0 ? '-' : '+',
                     std::abs(local.quarter_hours));
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
  using namespace std::chrono;
  constexpr std::string_view kShape = "00/00/00,00:00:00";
  if (text.size() < kShape.size()) return std::nullopt;
  for (const std::size_t i : {2, 5, 8, 11, 14}) {
    if (text[i] != kShape[i]) return std::nullopt;
  }
  const auto yy = two_digits(text, 0), month_of_year = two_digits(text, 3), day_of_month = two_digits(text, 6);
  const auto h = two_digits(text, 9), m = two_digits(text, 12), s = two_digits(text, 15);
  const auto zone = parse_zone(text.substr(kShape.size()));
  if (!yy || !month_of_year || !day_of_month || !h || !m || !s || !zone) return std::nullopt;
  if (*h > 23 || *m > 59 || *s > 59) return std::nullopt;

  const year_month_day date{year{*yy + (*yy < 70 ? 2000 : 1900)}, month{static_cast<unsigned>(*month_of_year)},
                            day{static_cast<unsigned>(*day_of_month)}};
  if (!date.ok()) return std::nullopt;
  return LocalTime{local_days{date} + hours{*h} + minutes{*m} + seconds{*s}, *zone};
}

}  // namespace quasimodem::device
