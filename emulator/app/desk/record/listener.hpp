// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "atcmd/listen/ear.hpp"

namespace quasimodem::app {

/// Understands as much of what host and module say as the recorder has to: when they agree on another rate.
class Listener {
 public:
  void hear(const atcmd::Heard& heard);
  /// The rate that the module takes from now on, once, when it has just agreed to AT+IPR.
  std::optional<int> take_agreed_rate();

 private:
  std::optional<int> asked_rate_;
  std::optional<int> agreed_rate_;
};

}  // namespace quasimodem::app
