// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bytes.hpp"
#include "core/secret_bytes.hpp"

namespace quasimodem::uart {

/// XON/XOFF as this family does it (AT+IFC=1,1, quirk Q1): bytes of the data that look like flow control, and the
/// escape itself, travel as 0x77 and their complement, in both directions.
class SoftwareFlow {
 public:
  static constexpr std::uint8_t kXon = 0x11;
  static constexpr std::uint8_t kXoff = 0x13;
  static constexpr std::uint8_t kEscape = 0x77;

  /// The bytes without XON and XOFF, which it takes to heart.
  SecretBytes obey(ByteSpan from_te);
  /// What the TE means by its bytes, without XON and XOFF.
  SecretBytes decode(ByteSpan from_te);
  /// The module's bytes as they go over the line.
  static Bytes encode(ByteSpan to_te);

  /// After XOFF, until XON.
  bool stopped() const { return stopped_; }
  /// Whether every XOFF of the TE is answered with a 0xFF.
  enum class Filler { none, after_xoff };
  /// Bytes that go out at once, ahead of everything and even while stopped: the fillers, and the module's own XOFF and
  /// XON when `room` changes.
  Bytes take_urgent(bool room, Filler filler = Filler::none);
  /// The setting was switched off, or power was.
  void reset() { *this = {}; }

 private:
  bool escaped_ = false;
  bool stopped_ = false;
  bool told_to_stop_ = false;
  std::size_t xoffs_ = 0;  ///< not answered yet
};

}  // namespace quasimodem::uart
