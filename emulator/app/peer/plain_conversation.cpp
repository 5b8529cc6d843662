// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/plain_conversation.hpp"

#include <utility>

namespace quasimodem::app {
namespace {

constexpr std::size_t kOutgoingLimit = 16384;

}  // namespace

void PlainConversation::start() {
  if (faulty_at(FaultStep::accept)) return commit_fault();
  append(outgoing_, script_.banner);
}

void PlainConversation::receive(ByteSpan bytes) {
  if (wish() != Wish::go_on) return;
  received_ += bytes.size();
  if (faulty_at(FaultStep::data)) return commit_fault();
  append(outgoing_, bytes);
  echoed_ += bytes.size();
}

void PlainConversation::input_ended() {
  if (wish() == Wish::go_on) end(Wish::end, "ended by the client");
}

bool PlainConversation::wants_input() const { return wish() == Wish::go_on && outgoing_.size() <= kOutgoingLimit; }

Bytes PlainConversation::take_outgoing() { return std::exchange(outgoing_, {}); }

}  // namespace quasimodem::app
