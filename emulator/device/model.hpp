// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace quasimodem::device {

enum class Model : std::uint8_t { m10, m66, m85, m95, m26, mc60 };

/// The bit of a model in a command's `models` mask.
constexpr std::uint32_t bit(Model model) { return 1U << static_cast<unsigned>(model); }

/// When a firmware was made.
struct FirmwareDate {
  int year = 0;
  int month = 0;  ///< 1 to 12

  auto operator<=>(const FirmwareDate&) const = default;
};

}  // namespace quasimodem::device
