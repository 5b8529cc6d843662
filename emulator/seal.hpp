// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/flash.hpp"
#include "storage/sealer.hpp"
#include "tls/seal.hpp"

namespace quasimodem::emulator {

/// The TLS library's AES-GCM behind the storage's port. The key is made at the module's first start and kept in its
/// flash: that protects against a look at the certificate files alone; who can read the whole NVRAM folder has the key.
class FileSealer final : public storage::Sealer {
 public:
  FileSealer(storage::Flash& flash, RandomSource& random, const Logger& log);

  Bytes seal(ByteSpan content) override { return sealer_->seal(content); }
  Opened open(ByteSpan sealed) const override {
    auto opened = sealer_->open(sealed);
    return {std::move(opened.content), opened.authentic};
  }

 private:
  std::optional<tls::AesGcmSealer> sealer_;
};

}  // namespace quasimodem::emulator
