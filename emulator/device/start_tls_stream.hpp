// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/secure_stream.hpp"

namespace quasimodem::device {

/// TCP that becomes TLS when its owner says so: STARTTLS. What TLS will be is settled from the beginning.
class StartTlsStream final : public SecureStream {
 public:
  using SecureStream::SecureStream;

  /// All that was sent in clear is with the link, and all that was received is taken: the handshake begins, and
  /// `opened` tells once more what became of it.
  void start_tls();

  bool secure() const override { return !clear_; }
  const tls::ClientSession* session() const override { return clear_ ? nullptr : SecureStream::session(); }
  SendResult send(ByteSpan data) override;
  std::size_t send_some(ByteSpan data) override;
  bool all_sent() const override { return clear_ ? unsent_.empty() : SecureStream::all_sent(); }

 private:
  void link_ready() override { become_connected(); }
  void link_received(ByteSpan octets) override;
  void link_writable() override;
  void link_ended(std::optional<net::NetError> error) override;
  void say_goodbye() override;
  void refill() override;

  bool clear_ = true;
  Bytes unsent_;  ///< in clear: accepted and not yet taken by the link
};

}  // namespace quasimodem::device
