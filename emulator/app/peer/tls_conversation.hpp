// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <tl/expected.hpp>

#include "core/log.hpp"
#include "core/random.hpp"
#include "emulator/app/peer/conversation.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::app {

/// A service over TLS, from the first byte on or from when both sides want it (STARTTLS).
class TlsConversation final : public Conversation {
 public:
  /// Fails when the certificates, versions or suites are of no use. `random` must outlive the conversation.
  enum class Begin { with_tls, in_clear };
  static tl::expected<std::unique_ptr<Conversation>, tls::TlsError> create(tls::ServerConfig config, Script script,
                                                                           RandomSource& random, const Logger& log,
                                                                           Begin begin = Begin::with_tls);

  void start() override;
  void receive(ByteSpan bytes) override;
  void input_ended() override;
  bool wants_input() const override;
  Bytes take_outgoing() override;

 private:
  TlsConversation(std::unique_ptr<tls::ServerSession> session, Script script, Begin begin)
      : Conversation{std::move(script)}, session_{std::move(session)}, clear_{begin == Begin::in_clear} {}

  void go_on();
  void greet();
  void serve();
  bool pass_on();
  void look_for_end();
  void send_alert(std::uint8_t description) override { session_->send_alert(description); }
  void send_raw(ByteSpan bytes) override { append(raw_, bytes); }
  std::string agreement() const override { return agreement_; }

  std::unique_ptr<tls::ServerSession> session_;
  bool clear_;    ///< TLS has not begun
  Bytes unsent_;  ///< of the service, and not yet taken by the session
  Bytes raw_;     ///< goes out behind what the session says, as it is
  std::string agreement_;
  bool input_ended_ = false;
  bool greeted_ = false;
};

}  // namespace quasimodem::app
