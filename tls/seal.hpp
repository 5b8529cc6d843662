// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/random.hpp"
#include "core/sealer.hpp"

namespace quasimodem::tls {

/// AES-256-GCM around what lies in flash: nonce (12), ciphertext, tag (16).
class AesGcmSealer final : public Sealer {
 public:
  static constexpr std::size_t kKeySize = 32;
  static constexpr std::size_t kOverhead = 12 + 16;

  /// Takes a copy of the key and wipes it in the end; the caller wipes his. `random` must outlive the sealer.
  AesGcmSealer(std::span<const std::uint8_t, kKeySize> key, RandomSource& random);
  ~AesGcmSealer() override;
  AesGcmSealer(const AesGcmSealer&) = delete;
  AesGcmSealer& operator=(const AesGcmSealer&) = delete;

  /// Every call gives other bytes, under a fresh nonce.
  Bytes seal(ByteSpan content) override;
  /// No content when it is too short for a seal.
  Opened open(ByteSpan sealed) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quasimodem::tls
