// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace quasimodem::app {

// What the options of `run` take at least and at most: `take` checks it, and the JSON Schema says it.
inline constexpr int kMostModules = 10000;
inline constexpr double kLeastTimeScale = 0.01, kMostTimeScale = 1000;
inline constexpr int kHighestVerbosity = 9;
inline constexpr std::size_t kDigitsOfImei = 15;
inline constexpr std::size_t kShortestPin = 4, kLongestPin = 8;

}  // namespace quasimodem::app
