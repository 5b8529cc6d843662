// SPDX-License-Identifier: Apache-2.0
#include "storage/checksum.hpp"

namespace quasimodem::storage {

std::uint16_t checksum(ByteSpan content) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < content.size(); ++i) sum ^= i % 2 == 0 ? content[i] << 8 : content[i];
  return static_cast<std::uint16_t>(sum);
}

}  // namespace quasimodem::storage
