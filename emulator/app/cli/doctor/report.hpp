// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tls/capabilities.hpp"

namespace quasimodem::app {

/// One thing that was tried.
struct Finding {
  enum class Verdict {
    fine,
    limited,  ///< a module runs, but something is missing
    broken,   ///< `quasimodem run` with its default options fails
  };
  std::string subject;  ///< `pty`
  Verdict verdict = Verdict::fine;
  std::string detail;   ///< what was found, or what is wrong
  std::string way_out;  ///< what to do about it
};

/// All that `quasimodem doctor` knows.
struct Report {
  using Facts = std::vector<std::pair<std::string, std::string>>;

  std::string version;  ///< of this program
  Facts build;          ///< compiler, libraries
  Facts system;
  std::vector<tls::Capability> tls;
  std::vector<Finding> findings;

  bool usable() const;
};

/// What a cell of the TLS table comes to.
enum class CellState {
  works,
  not_in_protocol,
  missing,  ///< in this build; Capability::why_not says why
};
CellState state_of(const tls::Capability& cell);

}  // namespace quasimodem::app
