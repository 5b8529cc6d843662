// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "core/bytes.hpp"

namespace quasimodem::atcmd {

/// Takes the data of an upload as it comes, which is then nowhere kept as a whole. While it takes nothing, the TE is
/// held up by flow control.
class Sink {
 public:
  virtual ~Sink() = default;

  /// How much of `data`, from its beginning, was taken. When there is room again, `Channel::sink_ready`.
  virtual std::size_t take(ByteSpan data) = 0;
};

}  // namespace quasimodem::atcmd
