// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

inline constexpr int kMostRounds = 10'000;           ///< of repeat
inline constexpr int kMostTimes = 1'000'000;         ///< of count and times
inline constexpr Duration kShortestInterval = 10ms;  ///< of every

enum class Form { wait, expect, never, when, wait_state, expect_state, every, delay, repeat, fault, clear_fault };

/// One kind of step. From this table come the checks and docs/scenarios.md.
struct StepKind {
  std::string_view name;   ///< `wait-at`
  std::string_view value;  ///< `COMMAND`: what stands behind the colon
  std::string_view meaning;
  Form form;
  Subject subject = Subject::at;
  std::span<const std::string_view> keys{};  ///< what else it takes, besides `name`
};

/// One word beside a step.
struct Key {
  std::string_view name;
  std::string_view value;
  std::string_view meaning;
};

std::span<const StepKind> step_kinds();
const StepKind* step_kind(std::string_view name);
std::span<const Key> keys();
const Key* find_key(std::string_view name);

/// A method of the control socket that can stand as a step. Those that only ask cannot.
bool is_step(const control::Method& method);
/// All names a step can begin with, for suggestions.
std::vector<std::string> step_names();

}  // namespace quasimodem::app::scenario
