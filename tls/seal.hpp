// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/bytes.hpp"
#include "core/random.hpp"

namespace quasimodem::tls {

/// AES-256-GCM around what lies in flash: nonce (12), ciphertext, tag (16).
class AesGcmSealer {
 public:
  static constexpr std::size_t kKeySize = 32;
  static constexpr std::size_t kOverhead = 12 + 16;

  struct Opened {
    Bytes content;           ///< what the bytes decrypt to, even when they were tampered with; empty when too short
    bool authentic = false;  ///< the bytes are what `seal` gave under this key
  };

  /// Takes a copy of the key and wipes it in the end; the caller wipes his. `random` must outlive the sealer.
  AesGcmSealer(std::span<const std::uint8_t, kKeySize> key, RandomSource& random);
  ~AesGcmSealer();
  AesGcmSealer(const AesGcmSealer&) = delete;
  AesGcmSealer& operator=(const AesGcmSealer&) = delete;

  /// Every call gives other bytes, under a fresh nonce.
  Bytes seal(ByteSpan content);
  Opened open(ByteSpan sealed) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quasimodem::tls
