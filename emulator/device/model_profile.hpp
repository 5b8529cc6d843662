// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace quasimodem::device {

enum class Model : std::uint8_t { m10, m66, m85, m95 };

/// The bit of a model in a command's `models` mask.
constexpr std::uint32_t bit(Model model) { return 1U << static_cast<unsigned>(model); }

/// When a firmware was made.
struct FirmwareDate {
  int year = 0;
  int month = 0;  ///< 1 to 12

  auto operator<=>(const FirmwareDate&) const = default;
};

/// Everything in which one module differs from another. Models are data: no code asks which one it is. What differs
/// from firmware to firmware is in firmware.hpp.
struct ModelProfile {
  Model model;
  std::string_view name;      ///< `M95`
  std::string_view key;       ///< `m95`, as the command line takes it
  std::string_view revision;  ///< firmware, as ATI prints it
  FirmwareDate released;      ///< of that firmware
};

std::span<const ModelProfile> model_profiles();
const ModelProfile& profile_of(Model model);
/// By `m95`, in any case.
std::optional<Model> model_named(std::string_view key);

}  // namespace quasimodem::device
