// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::device {

struct ModelProfile;

enum class Model : std::uint8_t { m10, m66, m85, m95, m26, mc60 };

/// The bit of a model in a command's `models` mask.
constexpr std::uint32_t bit(Model model) { return 1U << static_cast<unsigned>(model); }

/// The bits that a command's `models` may have for the module to have it: its own and its sibling's.
std::uint32_t bits_of(const ModelProfile& profile);

/// `m95`
std::string_view key_of(Model model);
/// By `m95`, in any case.
std::optional<Model> model_named(std::string_view key);
/// `m10`, `m66` …
std::vector<std::string> model_keys();
/// `m10, m66 or m85`: all of them, with `word` before the last.
std::string model_keys_in_words(std::string_view word = "or");
/// `M10, M66 or M85`
std::string model_names_in_words(std::string_view word = "or");

/// When a firmware was made.
struct FirmwareDate {
  int year = 0;
  int month = 0;  ///< 1 to 12

  auto operator<=>(const FirmwareDate&) const = default;
};

}  // namespace quasimodem::device
