// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/app/peer/conversation.hpp"

namespace quasimodem::app {

/// Echo on a plain stream. Its faults are at `accept` and `data`.
class PlainConversation final : public Conversation {
 public:
  using Conversation::Conversation;

  void start() override;
  void receive(ByteSpan bytes) override;
  void input_ended() override;
  bool wants_input() const override;
  Bytes take_outgoing() override;

 private:
  void send_raw(ByteSpan bytes) override { append(outgoing_, bytes); }

  Bytes outgoing_;
};

}  // namespace quasimodem::app
