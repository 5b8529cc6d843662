// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/tls_conversation.hpp"

#include <utility>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

using State = tls::ServerSession::State;

constexpr std::size_t kPiece = 16384;  // what one record holds at most

/// For the steps that lie within the handshake.
std::optional<tls::HandshakePoint> handshake_point(FaultStep step) {
  switch (step) {
    case FaultStep::hello: return tls::HandshakePoint::hello;
    case FaultStep::certificate: return tls::HandshakePoint::certificate;
    case FaultStep::key_exchange: return tls::HandshakePoint::key_exchange;
    case FaultStep::finished: return tls::HandshakePoint::finished;
    case FaultStep::accept:
    case FaultStep::connected:
    case FaultStep::data: break;
  }
  return std::nullopt;
}

}  // namespace

tl::expected<std::unique_ptr<Conversation>, tls::TlsError> TlsConversation::create(tls::ServerConfig config,
                                                                                   Script script, RandomSource& random,
                                                                                   const Logger& log) {
  if (script.fault) config.stop_at = handshake_point(script.fault->step);
  auto session = tls::ServerSession::create(config, random, log);
  if (!session) return tl::make_unexpected(session.error());
  return std::unique_ptr<Conversation>{new TlsConversation{std::move(*session), std::move(script)}};
}

void TlsConversation::start() {
  if (faulty_at(FaultStep::accept)) commit_fault();
}

void TlsConversation::receive(ByteSpan bytes) {
  if (wish() != Wish::go_on) return;
  session_->feed(bytes);
  go_on();
}

void TlsConversation::input_ended() {
  input_ended_ = true;
  go_on();
}

bool TlsConversation::wants_input() const {
  // With nothing on the way to the client it is not the client's reading that the echo waits for, but the rest of a
  // renegotiation.
  const bool client_must_read = !unechoed_.empty() && session_->outgoing_size() > 0;
  return wish() == Wish::go_on && !input_ended_ && !client_must_read;
}

Bytes TlsConversation::take_outgoing() {
  go_on();
  auto bytes = session_->take_outgoing();
  append(bytes, std::exchange(raw_, {}));
  return bytes;
}

/// Draws the consequences of what the session has become.
void TlsConversation::go_on() {
  if (wish() != Wish::go_on) return;
  if (session_->stopped()) return commit_fault();
  if (agreement_.empty()) greet();
  if (wish() == Wish::go_on) echo();
  if (wish() == Wish::go_on) look_for_end();
}

void TlsConversation::greet() {
  const auto state = session_->state();
  if (state != State::connected && state != State::peer_closed) return;
  const auto subject = session_->peer_subject();
  agreement_ = fmt::format("{} {}, {}", tls::name(session_->version()), tls::name(session_->suite()),
                           subject ? fmt::format("client certificate {}", *subject) : "no client certificate");
  if (faulty_at(FaultStep::connected)) return commit_fault();
  // The outgoing queue holds nothing but the end of the handshake, so it has room.
  if (!script_.banner.empty() && session_->write(script_.banner)) script_.banner.clear();
}

void TlsConversation::echo() {
  for (;;) {
    if (unechoed_.empty()) {
      unechoed_ = session_->read(kPiece);
      received_ += unechoed_.size();
    }
    if (unechoed_.empty()) return;
    if (faulty_at(FaultStep::data)) return commit_fault();
    if (!session_->write(unechoed_)) return;  // the client has to read first, or is renegotiating
    echoed_ += unechoed_.size();
    unechoed_.clear();
  }
}

void TlsConversation::look_for_end() {
  if (!unechoed_.empty() && session_->state() != State::failed) return;
  // Only now that everything before the end was read: so it is known which of both ends came first.
  const bool close_notify = session_->state() == State::peer_closed;
  if (input_ended_ && !close_notify) session_->end_of_input();
  switch (session_->state()) {
    case State::handshaking:
    case State::connected: return;
    case State::peer_closed:
      session_->close();
      return end(Wish::end, close_notify ? "close_notify by the client" : "ended by the client without close_notify");
    case State::failed:
      return end(Wish::end, (agreement_.empty() ? "handshake failed: " : "failed: ") + session_->error().reason);
    case State::closed: return end(Wish::end, "closed");
  }
}

}  // namespace quasimodem::app
