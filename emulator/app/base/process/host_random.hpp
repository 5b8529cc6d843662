// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/random.hpp"

namespace quasimodem::app {

/// The kernel's random source.
class HostRandom final : public RandomSource {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

}  // namespace quasimodem::app
