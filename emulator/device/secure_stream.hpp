// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "emulator/device/stream.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {

/// TLS between the receive buffer and the link.
class SecureStream : public Stream {
 public:
  /// `handshake_time` is what the module's own processor takes for its part of the handshake.
  SecureStream(Surroundings surroundings, Target target, Callbacks callbacks,
               std::unique_ptr<tls::ClientSession> session, Duration handshake_time);

  bool secure() const override { return true; }
  const tls::ClientSession* session() const override { return session_.get(); }
  void close() override;
  SendResult send(ByteSpan data) override;
  std::size_t send_some(ByteSpan data) override;
  bool all_sent() const override { return session_->outgoing_size() == 0; }
  /// OBSERVED: AT+QISACK does not work for secure sockets (at-reference 3.4).
  SendCount send_count() const override { return {}; }

 protected:
  void link_ready() override;
  void link_received(ByteSpan ciphertext) override;
  void link_writable() override;
  void link_ended(std::optional<net::NetError> error) override;
  void say_goodbye() override;
  void refill() override;

 private:
  void flush();
  void flush_soon();
  void follow_session();
  void become_ready();

  std::unique_ptr<tls::ClientSession> session_;
  Duration handshake_time_;
  Timer computing_;
  Timer flushing_;
  std::optional<net::NetError> link_error_;  ///< it broke
  bool refused_ = false;                     ///< a send_some took nothing
};

}  // namespace quasimodem::device
