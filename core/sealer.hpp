// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"

namespace quasimodem {

/// Keeps certificates and keys unreadable at rest (SSL 2.2.7: "stored in an encrypted way").
class Sealer {
 public:
  struct Opened {
    Bytes content;           ///< what the stored bytes decrypt to, even when they were tampered with
    bool authentic = false;  ///< the stored bytes are the ones `seal` gave
  };

  virtual ~Sealer() = default;
  virtual Bytes seal(ByteSpan content) = 0;
  virtual Opened open(ByteSpan sealed) const = 0;
};

}  // namespace quasimodem
