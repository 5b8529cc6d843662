// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "core/timeline.hpp"
#include "emulator/device/local_time.hpp"

namespace quasimodem::device {

class Kept;
class Rtc;

/// The alarm of the RTC, AT+QALARM (M66 14.2). It runs while the module is off as well.
class Alarm {
 public:
  enum class Repeat { none = 0, daily = 1, weekly = 2, monthly = 3 };
  /// What becomes of the module's power: it stays as it is, goes off, comes on.
  enum class Power { unchanged = 0, off = 1, on = 2 };
  struct Setting {
    LocalTime time;  ///< of the next one
    Repeat repeat = Repeat::none;
    Power power = Power::unchanged;
  };

  Alarm(Timeline& timeline, const Rtc& rtc, Kept& kept, std::function<void(const Setting&)> on_alarm)
      : rtc_{rtc}, kept_{kept}, timer_{timeline}, on_alarm_{std::move(on_alarm)} {}

  /// Kept at once. False, and nothing changes, when the time has passed and the alarm does not repeat.
  bool set(const Setting& setting);
  void clear();
  /// None after the alarm, unless it repeats.
  const std::optional<Setting>& setting() const { return setting_; }

  /// The RTC was set: what it passed over does not ring.
  void clock_changed();

  /// What was kept.
  void recall();

 private:
  bool in_future(const LocalTime& time) const;
  void arm();
  void ring();

  const Rtc& rtc_;
  Kept& kept_;
  Timer timer_;
  std::function<void(const Setting&)> on_alarm_;
  std::optional<Setting> setting_;
};

}  // namespace quasimodem::device
