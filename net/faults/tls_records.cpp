// SPDX-License-Identifier: Apache-2.0
#include "net/faults/tls_records.hpp"

#include <algorithm>

namespace quasimodem::net {

TlsRecords::Part TlsRecords::next(ByteSpan& data) {
  const bool in_header = header_ < kHeader;
  std::size_t count = 0;
  while (valid_ && header_ < kHeader && count < data.size()) take_header(data[count++]);
  if (!valid_) {
    const auto rest = data;
    data = {};
    return {.bytes = rest};
  }
  const bool header_complete = header_ == kHeader;
  const auto content = header_complete ? std::min(left_, data.size() - count) : 0;
  const bool complete = header_complete && content == left_;
  const Part part{
      .bytes = data.first(count + content), .type = type_, .opens = in_header && header_complete, .ends = complete};
  left_ -= content;
  if (complete) header_ = 0;
  data = data.subspan(part.bytes.size());
  return part;
}

void TlsRecords::take_header(std::uint8_t byte) {
  constexpr std::uint8_t kChangeCipherSpec = 0x14;
  constexpr std::uint8_t kMajorVersion = 3;
  constexpr std::size_t kLargest = (1U << 14) + 2048;
  switch (header_++) {
    case 0:
      type_ = byte;
      left_ = 0;
      valid_ = byte >= kChangeCipherSpec && byte <= kApplicationData;
      break;
    case 1: valid_ = byte == kMajorVersion; break;
    case 2: break;
    case 3: left_ = static_cast<std::size_t>(byte) << 8; break;
    default: left_ |= byte; valid_ = left_ <= kLargest;
  }
}

}  // namespace quasimodem::net
