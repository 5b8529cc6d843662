// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/timeline.hpp"
#include "emulator/device/local_time.hpp"

namespace quasimodem::device {

/// The module's calendar clock: an offset to the Timeline. It knows nothing of the host's clock.
class Rtc {
 public:
  Rtc(const Timeline& timeline, LocalTime at_power_on);

  LocalTime now() const;
  UtcTime utc() const { return now().utc(); }
  void set(LocalTime time);
  /// How long until then; the past is negative.
  Duration until(UtcTime time) const;
  /// Runs after every set().
  std::function<void()> on_set = [] {};

 private:
  const Timeline& timeline_;
  LocalTime base_;
  Instant base_at_;
};

}  // namespace quasimodem::device
