// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/conversation.hpp"

#include <algorithm>

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
  return fmt::format("{}{}{} B in, {} B out, {}", agreed, agreed.empty() ? "" : ", ", received_, sent_, ending_);
}

Bytes Conversation::greeting() {
  service().start();
  auto octets = service().take_outgoing();
  greeting_ = octets.size();
  return octets;
}

void Conversation::note_sent(std::size_t count) {
  const auto of_greeting = std::min(count, greeting_);
  greeting_ -= of_greeting;
  sent_ += count - of_greeting;
}

// ---- on a plain stream ----

void PlainConversation::start() {
  if (faulty_at(FaultStep::accept)) return commit_fault();
  first_ = greeting();
}

void PlainConversation::receive(ByteSpan bytes) {
  if (wish() != Wish::go_on) return;
  received_ += bytes.size();
  if (faulty_at(FaultStep::data)) return commit_fault();
  service().receive(bytes);
}

void PlainConversation::input_ended() {
  service().input_ended();
  if (wish() == Wish::go_on) end(Wish::end, "ended by the client");
}

bool PlainConversation::wants_input() const { return wish() == Wish::go_on && service().wants_input(); }

Bytes PlainConversation::take_outgoing() {
  auto octets = std::exchange(first_, {});
  append(octets, service().take_outgoing());
  note_sent(octets.size());
  if (wish() == Wish::go_on && octets.empty() && service().over()) end(Wish::end, "ended by the server");
  append(octets, std::exchange(raw_, {}));
  return octets;
}

}  // namespace quasimodem::app
