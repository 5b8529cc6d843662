// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/doctor/report.hpp"

#include <algorithm>

namespace quasimodem::app {

CellState state_of(const tls::Capability& cell) {
  if (cell.works) return CellState::works;
  return tls::allowed(cell.version, cell.suite) ? CellState::missing : CellState::not_in_protocol;
}

bool Report::usable() const {
  const auto broken = [](const Finding& finding) { return finding.verdict == Finding::Verdict::broken; };
  // A version the build was made without is a limit; one it has and that fails is a fault.
  const auto fails = [](const tls::Capability& cell) {
    return state_of(cell) == CellState::missing && tls::speaks(cell.version);
  };
  return std::ranges::none_of(findings, broken) && std::ranges::none_of(tls, fails);
}

}  // namespace quasimodem::app
