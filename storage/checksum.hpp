// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"

namespace quasimodem::storage {

/// The <checksum> of AT+QSECWRITE and AT+QSECREAD: exclusive or of the 16-bit big-endian words; a last single byte is
/// the high half of its word. OBSERVED M95, at-reference 3.9: Amazon Root CA 1 (1188 bytes) gives 2d13.
inline std::uint16_t checksum(ByteSpan content) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < content.size(); ++i) sum ^= i % 2 == 0 ? content[i] << 8 : content[i];
  return static_cast<std::uint16_t>(sum);
}

}  // namespace quasimodem::storage
