// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/conversation.hpp"

#include <utility>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

/// Neither a TLS record nor an SSL 2 one, nor text.
Bytes garbage() {
  Bytes bytes(64, 0xFF);
  for (std::size_t i = 1; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  return bytes;
}

}  // namespace

void Conversation::end(Wish wish, std::string how) {
  wish_ = wish;
  ending_ = std::move(how);
}

void Conversation::commit_fault() {
  const auto& fault = *script_.fault;
  const auto how = "fault " + fault.text;
  switch (fault.kind) {
    case FaultKind::stall: return end(Wish::stall, how);
    case FaultKind::alert: send_alert(fault.alert); return end(Wish::end, how);
    case FaultKind::reset: return end(Wish::cut, how);
    case FaultKind::close: return end(Wish::end, how);
    case FaultKind::garbage: send_raw(garbage()); return end(Wish::stall, how);
  }
}

std::string Conversation::summary() const {
  const auto agreed = agreement();
  return fmt::format("{}{}{} B in, {} B out, {}", agreed, agreed.empty() ? "" : ", ", received_, echoed_, ending_);
}

}  // namespace quasimodem::app
