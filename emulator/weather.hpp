// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/rooms.hpp"
#include "net/faults/slow_bearer.hpp"

namespace quasimodem::emulator {

/// The network's side of a profile, between a module and its real or simulated network: how far away it is, and the
/// outages and lost contexts that come by themselves.
class Weather {
 public:
  Weather(Timeline& timeline, net::Bearer& network, const device::Timing& timing, std::uint64_t seed,
          const Logger& log);
  ~Weather();

  /// For the module to be plugged into. Outlives it.
  net::SlowBearer& bearer() { return bearer_; }
  /// From now on the module has this weather.
  void begin(device::MobileEquipment& me);
  /// Other weather from now on; an outage that there is goes on.
  void change(const device::Timing& timing, device::MobileEquipment& me);
  device::Pace& pace() { return *pace_; }

 private:
  void await_outage();
  void await_drop(device::MobileEquipment& me);

  Logger log_;
  const std::unique_ptr<device::Pace> pace_;
  net::SlowBearer bearer_;
  Timer outage_;
  Timer drop_;
};

}  // namespace quasimodem::emulator
