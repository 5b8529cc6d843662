// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/bytes.hpp"

namespace quasimodem::net {

/// Finds the TLS records (RFC 5246 6.2.1) in one direction of a connection, however the stream is cut into pieces.
class TlsRecords {
 public:
  static constexpr std::uint8_t kAlert = 0x15;
  static constexpr std::uint8_t kHandshake = 0x16;
  static constexpr std::uint8_t kApplicationData = 0x17;

  /// Bytes of one record.
  struct Part {
    ByteSpan bytes;
    std::uint8_t type = 0;  ///< sure once the header is complete; 0: not a record
    bool opens = false;     ///< with it the header is complete
    bool ends = false;      ///< with the record's last byte
  };

  /// Takes the next part away from the front of `data`, which must not be empty.
  Part next(ByteSpan& data);
  /// All that came so far were records.
  bool valid() const { return valid_; }

 private:
  void take_header(std::uint8_t byte);

  static constexpr std::size_t kHeader = 5;
  bool valid_ = true;
  std::size_t header_ = 0;  ///< bytes of it that were there
  std::size_t left_ = 0;    ///< of what follows it
  std::uint8_t type_ = 0;
};

}  // namespace quasimodem::net
