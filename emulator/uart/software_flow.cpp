// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/software_flow.hpp"

#include <utility>

namespace quasimodem::uart {
namespace {

// OBSERVED: GSM3SoftSerial.cpp drops one after each of its XOFFs. Run as machine code it makes that byte itself: a stop
// bit that it skips. From a module it would come on top of the next byte and damage it.
constexpr std::uint8_t kFiller = 0xFF;

std::uint8_t complement(std::uint8_t byte) { return static_cast<std::uint8_t>(~byte); }

}  // namespace

SecretBytes SoftwareFlow::obey(ByteSpan from_te) {
  SecretBytes rest;
  for (const auto byte : from_te) {
    if (byte == kXon) {
      stopped_ = false;
    } else if (byte == kXoff) {
      stopped_ = true;
      ++xoffs_;
    } else {
      rest.push_back(byte);
    }
  }
  return rest;
}

SecretBytes SoftwareFlow::decode(ByteSpan from_te) {
  SecretBytes data;
  for (const auto byte : obey(from_te)) {
    if (std::exchange(escaped_, false)) {
      // ASSUMED: the complement of anything is taken back, not only of the three bytes that need it.
      data.push_back(complement(byte));
    } else if (byte == kEscape) {
      escaped_ = true;
    } else {
      data.push_back(byte);
    }
  }
  return data;
}

Bytes SoftwareFlow::encode(ByteSpan to_te) {
  Bytes line;
  line.reserve(to_te.size());
  for (const auto byte : to_te) {
    if (byte == kXon || byte == kXoff || byte == kEscape) {
      line.push_back(kEscape);
      line.push_back(complement(byte));
    } else {
      line.push_back(byte);
    }
  }
  return line;
}

Bytes SoftwareFlow::take_urgent(bool room, Filler filler) {
  const auto xoffs = std::exchange(xoffs_, 0);
  Bytes urgent(filler == Filler::after_xoff ? xoffs : 0, kFiller);
  if (room == told_to_stop_) {
    urgent.push_back(room ? kXon : kXoff);
    told_to_stop_ = !room;
  }
  return urgent;
}

}  // namespace quasimodem::uart
