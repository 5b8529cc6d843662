// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

/// How one step went. Steps within others may go several times; one that failed stays so.
struct Result {
  enum class Outcome { not_reached, under_way, passed, failed };

  Outcome outcome = Outcome::not_reached;
  Duration took{};  ///< of module time, all rounds together
};

/// Why a scenario failed.
struct Failing {
  const Step* step;
  std::string what;  ///< one line, `expected AT+CSQ within 10s, got nothing for 10s`
};

/// How a scenario goes on one module.
struct Report {
  std::vector<Result> results;  ///< by the steps' ids
  std::optional<Failing> failing;
};

}  // namespace quasimodem::app::scenario
