// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/random.hpp"
#include "emulator/device/local_time.hpp"

namespace quasimodem::app {

/// The kernel's random source.
class HostRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

/// The host's date and time, in its own time zone.
device::LocalTime host_time();

}  // namespace quasimodem::app
