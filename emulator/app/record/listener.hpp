// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/bytes.hpp"

namespace quasimodem::app {

/// Understands as much of what host and module say as the recorder has to: nothing of it is changed.
class Listener {
 public:
  void from_host(ByteSpan bytes);
  /// The rate that the module takes from now on, when it has just agreed to AT+IPR.
  std::optional<int> from_module(ByteSpan bytes);

  /// The module's last words were CONNECT: what the host sends is data, which is not echoed.
  bool takes_data() const { return line_.empty() && last_line_.starts_with("CONNECT"); }

 private:
  std::string typed_;      ///< by the host, since its last line end
  std::string line_;       ///< of the module, not ended yet
  std::string last_line_;  ///< of the module
  std::optional<int> asked_rate_;
};

}  // namespace quasimodem::app
