// SPDX-License-Identifier: Apache-2.0
#include "emulator/seal.hpp"

#include <span>
#include <string_view>

#include "core/secret_bytes.hpp"
#include "tls/seal.hpp"

namespace quasimodem::emulator {
namespace {

constexpr std::string_view kKeyRecord = "seal.key";
constexpr auto kKeySize = tls::AesGcmSealer::kKeySize;

Bytes stored_or_new_key(storage::Flash& flash, RandomSource& random, const Logger& log) {
  const auto stored = flash.read(kKeyRecord);
  if (stored && *stored && (*stored)->size() == kKeySize) return **stored;
  const bool damaged = !stored && stored.error() == storage::FlashError::damaged;
  // It opens nothing that was sealed before the damage. But what is sealed with it now opens at the next start too, and
  // when a copy of the right key is put back nothing has been lost.
  if (damaged) {
    if (auto remains = flash.remains_of(kKeyRecord); remains.size() == kKeySize) return remains;
  }
  Bytes key(kKeySize);
  random.fill(key);
  // A key that is there but cannot be read now must not be replaced: the files would be lost for good.
  if (!stored && !damaged) {
    log.warning("the key for the NVRAM certificates could not be read");
  } else if (!flash.write(kKeyRecord, key)) {
    log.warning("the key for the NVRAM certificates could not be stored");
  }
  return key;
}

}  // namespace

std::unique_ptr<Sealer> file_sealer(storage::Flash& flash, RandomSource& random, const Logger& log) {
  auto key = stored_or_new_key(flash, random, log);
  auto sealer = std::make_unique<tls::AesGcmSealer>(std::span<const std::uint8_t>{key}.first<kKeySize>(), random);
  wipe(key);
  return sealer;
}

}  // namespace quasimodem::emulator
