// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/network_clock.hpp"

#include "emulator/device/events.hpp"
#include "emulator/device/kept.hpp"

namespace quasimodem::device {

NetworkClock::NetworkClock(Surroundings surroundings, const std::optional<LocalTime>& time, int update)
    : surroundings_{surroundings}, update_{update} {
  if (time) clock_.emplace(surroundings_.timeline, *time);
}

void NetworkClock::tell() {
  if (!clock_) return;
  told_ = true;
  if (update_ != 0) surroundings_.rtc.set(clock_->now());
  surroundings_.events.on_event(NetworkTime{});
}

void NetworkClock::set_update(int mode) {
  update_ = mode;
  surroundings_.kept.keep_clock_update(mode);
}

void NetworkClock::recall() { update_ = surroundings_.kept.clock_update().value_or(update_); }

}  // namespace quasimodem::device
