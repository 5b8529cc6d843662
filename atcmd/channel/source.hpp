// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/bytes.hpp"

namespace quasimodem::atcmd {

/// Data for the TE that a command brings from elsewhere, after CONNECT and at the pace of the line. It does not know
/// how much it is; who has it all says so by the command's Responder.
class Source {
 public:
  virtual ~Source() = default;

  /// The next of it, at most `most` octets; empty when there is none yet. `Channel::source_ready` asks again.
  virtual Bytes take(std::size_t most) = 0;
};

}  // namespace quasimodem::atcmd
