// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/bytes.hpp"

namespace quasimodem::storage {

/// The <checksum> of AT+QSECWRITE and AT+QSECREAD: exclusive or of the 16-bit big-endian words; a last single byte is
/// the high half of its word. OBSERVED M95, at-reference 3.9: Amazon Root CA 1 (1188 bytes) gives 2d13.
std::uint16_t checksum(ByteSpan content);

}  // namespace quasimodem::storage
