// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/connection.hpp"

namespace quasimodem::device {

/// A TCP or UDP socket of AT+QIOPEN.
class PlainConnection final : public Connection {
 public:
  using Connection::Connection;

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
