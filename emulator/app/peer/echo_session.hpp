// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "net/peer_session.hpp"

namespace quasimodem::app {

/// Says its banner, and then what it hears.
class EchoSession final : public net::PeerSession {
 public:
  explicit EchoSession(Bytes banner) : banner_{std::move(banner)} {}

  void start() override { append(outgoing_, std::exchange(banner_, {})); }
  void receive(ByteSpan bytes) override { append(outgoing_, bytes); }
  Bytes take_outgoing() override { return std::exchange(outgoing_, {}); }
  bool wants_input() const override { return outgoing_.size() <= kOutgoingLimit; }
  bool over() const override { return false; }

 private:
  static constexpr std::size_t kOutgoingLimit = 16384;

  Bytes banner_;
  Bytes outgoing_;
};

}  // namespace quasimodem::app
