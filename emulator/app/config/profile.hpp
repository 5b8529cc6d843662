// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/device/timing.hpp"

namespace quasimodem::app {

/// A file of profiles/, as it was when the program was built.
struct BuiltinProfile {
  std::string_view name;
  std::string_view text;
};
std::span<const BuiltinProfile> builtin_profiles();
std::vector<std::string> builtin_profile_names();

/// By name, or from a file when there is a / or a dot in it. Throws Problem: a profile or file that does not exist, a
/// key that does not, a value that makes no sense; with file and line.
device::Timing read_profile(const std::string& name_or_file);

/// The same for a text; `source` stands in the messages.
device::Timing parse_profile(std::string_view text, const std::string& name, const std::string& source);

// What a profile can say besides device::kDelayKinds. The reader and the JSON Schema go by these tables.

/// A key of [network] that is a spell.
struct SpellKind {
  std::string_view key;
  device::Spell device::Timing::*value;
  std::string_view meaning;
};
inline constexpr std::array kSpells{
    SpellKind{"outage", &device::Timing::outage, "nothing moves, nothing is lost"},
    SpellKind{"pdp_drop", &device::Timing::pdp_drop, "the network takes the context away: +PDP DEACT"}};

/// A key of [network] that is a rate in kbit/s.
struct RateKind {
  std::string_view key;
  double device::Timing::*value;
  std::string_view meaning;
};
inline constexpr std::array kRates{
    RateKind{"down_kbit_s", &device::Timing::down_kbit_s, "to the module, kbit/s of payload; 0: no limit"},
    RateKind{"up_kbit_s", &device::Timing::up_kbit_s, "from the module, kbit/s of payload; 0: no limit"}};
inline constexpr double kFastest = 1e6;  ///< kbit/s

inline constexpr std::string_view kIdleAfter = "idle_after";  ///< of [network]
inline constexpr std::string_view kPaced = "paced";           ///< of [uart]
inline constexpr std::string_view kBase = "base";             ///< of no section

}  // namespace quasimodem::app
