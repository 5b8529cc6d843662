// SPDX-License-Identifier: Apache-2.0
#include "tls/wipe.hpp"

#include <mbedtls/platform_util.h>

namespace quasimodem::tls {

void wipe(std::span<std::uint8_t> secret) {
  if (!secret.empty()) mbedtls_platform_zeroize(secret.data(), secret.size());
}

void wipe(Bytes& secret) {
  // Also what a longer, earlier content left between size and capacity.
  secret.resize(secret.capacity());
  wipe(std::span{secret});
  secret.clear();
}

}  // namespace quasimodem::tls
