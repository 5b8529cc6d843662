// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/calendar.hpp"

namespace quasimodem::device {

/// What AT+CCLK shows: local time and its distance from UTC.
struct LocalTime {
  std::chrono::local_seconds time;
  int quarter_hours = 0;  ///< -48 … +48, time zone

  UtcTime utc() const;
  /// After a cold boot, at-reference 1.13.
  static LocalTime factory();
};

/// `yy/MM/dd,hh:mm:ss±zz`, the form of AT+CCLK; the year's century is 2000 up to 69 and 1900 from 70.
std::string to_text(const LocalTime& time);
/// Nothing when a field is missing, out of range, or the day does not exist. The zone may be left out.
std::optional<LocalTime> parse_local_time(std::string_view text);

}  // namespace quasimodem::device
