// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/stream.hpp"

namespace quasimodem::device {

/// TCP or UDP as it is.
class PlainStream final : public Stream {
 public:
  using Stream::Stream;

  bool secure() const override { return false; }
  SendResult send(ByteSpan data) override;
  std::size_t send_some(ByteSpan data) override;
  bool all_sent() const override { return unsent_.empty(); }
  SendCount send_count() const override;

 private:
  void link_ready() override { become_connected(); }
  void link_received(ByteSpan data) override {
    if (state() == SocketState::closing) return link()->pause();  // it is for nobody
    buffer(data);
  }
  void link_writable() override;
  void link_ended(std::optional<net::NetError> error) override;
  void refill() override {}

  Bytes unsent_;  ///< accepted from the TE, not yet taken by the link
  std::size_t sent_ = 0;
};

}  // namespace quasimodem::device
