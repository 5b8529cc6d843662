// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace quasimodem::app {

/// cli.md, "Exit codes".
enum class ExitCode {
  ok = 0,
  expectation_failed = 1,
  usage = 2,
  environment = 3,
  internal = 4,
  timed_out = 124,
  not_startable = 126,
  not_found = 127,
  signalled = 128,
};

/// Something the user can do something about: what happened, and the way out. Thrown only while the program assembles
/// itself; `main` prints it and exits with the code.
class Problem : public std::runtime_error {
 public:
  Problem(ExitCode code, const std::string& what, std::string way_out = {})
      : std::runtime_error{what}, code_{code}, way_out_{std::move(way_out)} {}

  ExitCode code() const { return code_; }
  const std::string& way_out() const { return way_out_; }

 private:
  ExitCode code_;
  std::string way_out_;
};

}  // namespace quasimodem::app
