// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/tls_conversation.hpp"

#include <algorithm>
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
                                                                                   const Logger& log, Begin begin) {
  if (script.fault) config.stop_at = handshake_point(script.fault->step);
  auto session = tls::ServerSession::create(config, random, log);
  if (!session) return tl::make_unexpected(session.error());
  return std::unique_ptr<Conversation>{new TlsConversation{std::move(*session), std::move(script), begin}};
}

void TlsConversation::start() {
  if (faulty_at(FaultStep::accept)) {
    clear_ = false;  // an alert is a record
    return commit_fault();
  }
  greeted_ = clear_;
  if (clear_) unsent_ = greeting();
}

void TlsConversation::receive(ByteSpan bytes) {
  if (wish() != Wish::go_on) return;
  if (clear_) {
    received_ += bytes.size();
    return service().receive(bytes);
  }
  session_->feed(bytes);
  go_on();
}

void TlsConversation::input_ended() {
  input_ended_ = true;
  service().input_ended();
  if (clear_ && wish() == Wish::go_on) return end(Wish::end, "ended by the client");
  go_on();
}

bool TlsConversation::wants_input() const {
  if (clear_) return wish() == Wish::go_on && service().wants_input();
  // With nothing on the way to the client it is not the client's reading that the service waits for, but the rest of a
  // renegotiation.
  const bool client_must_read = !unsent_.empty() && session_->outgoing_size() > 0;
  return wish() == Wish::go_on && !input_ended_ && !client_must_read;
}

Bytes TlsConversation::take_outgoing() {
  if (clear_) {
    auto octets = std::exchange(unsent_, {});
    append(octets, service().take_outgoing());
    note_sent(octets.size());
    if (wish() == Wish::go_on && octets.empty() && service().over()) end(Wish::end, "ended by the server");
    clear_ = !service().starts_tls();
    append(octets, std::exchange(raw_, {}));
    return octets;
  }
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
  if (wish() == Wish::go_on) serve();
  if (wish() == Wish::go_on) look_for_end();
}

void TlsConversation::greet() {
  const auto state = session_->state();
  if (state != State::connected && state != State::peer_closed) return;
  const auto subject = session_->peer_subject();
  agreement_ = fmt::format("{} {}, {}", tls::name(session_->version()), tls::name(session_->suite()),
                           subject ? fmt::format("client certificate {}", *subject) : "no client certificate");
  if (const auto& name = session_->server_name()) agreement_ += fmt::format(", called {}", escaped(*name));
  if (faulty_at(FaultStep::connected)) return commit_fault();
  if (std::exchange(greeted_, true)) return;
  unsent_ = greeting();
}

/// Of what the service says, until the client has to read first, or is renegotiating.
bool TlsConversation::pass_on() {
  for (;;) {
    if (unsent_.empty()) unsent_ = service().take_outgoing();
    if (unsent_.empty()) return true;
    const auto part = ByteSpan{unsent_}.first(std::min(unsent_.size(), kPiece));
    if (!session_->write(part)) return false;
    note_sent(part.size());
    drop_front(unsent_, part.size());
  }
}

void TlsConversation::serve() {
  while (pass_on()) {
    if (service().over()) {
      session_->close();
      return end(Wish::end, "ended by the server");
    }
    const auto plaintext = session_->read(kPiece);
    if (plaintext.empty()) return;
    received_ += plaintext.size();
    if (faulty_at(FaultStep::data)) return commit_fault();
    service().receive(plaintext);
  }
}

void TlsConversation::look_for_end() {
  if (!unsent_.empty() && session_->state() != State::failed) return;
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
