// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/rtc.hpp"

namespace quasimodem::device {

class Kept;

/// The time that the network tells (NITZ), and what the module does with it.
class NetworkClock {
 public:
  struct Surroundings {
    Timeline& timeline;
    Rtc& rtc;
    Kept& kept;
    EventSink& events;
  };
  /// Without a time the network tells none. `update` is the factory's.
  NetworkClock(Surroundings surroundings, const std::optional<LocalTime>& time, int update);

  /// The network has the module and tells it the time: `NetworkTime`.
  void tell();
  /// The module has left the network.
  void forget() { told_ = false; }
  /// Once the network has told it.
  std::optional<LocalTime> time() const { return told_ ? std::optional{clock_->now()} : std::nullopt; }

  /// AT+CTZU: 0 leaves the module's clock alone. Kept at once.
  int update() const { return update_; }
  void set_update(int mode);
  /// At a start: what was kept.
  void recall();

 private:
  Surroundings surroundings_;
  std::optional<Rtc> clock_;
  bool told_ = false;
  int update_;
};

}  // namespace quasimodem::device
