// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/secure_stream.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::device {
namespace {

using SessionState = tls::ClientSession::State;

constexpr std::size_t kReadSize = 4096;
constexpr std::size_t kLargestWrite = 1460;  // MANUAL SSL 2.2.4; transparent mode sends in the same portions

}  // namespace

SecureStream::SecureStream(Surroundings surroundings, Target target, Callbacks callbacks,
                           std::unique_ptr<tls::ClientSession> session, Duration handshake_time)
    : Stream{std::move(surroundings), std::move(target), std::move(callbacks)},
      session_{std::move(session)},
      handshake_time_{handshake_time},
      computing_{timeline()},
      flushing_{timeline()} {}

void SecureStream::link_ready() {
  session_->start();
  flush();
  follow_session();
}

void SecureStream::link_received(ByteSpan ciphertext) {
  if (state() == SocketState::closing) return link()->pause();  // it is for nobody
  session_->feed(ciphertext);
  flush();
  follow_session();
}

void SecureStream::link_writable() {
  flush();
  if (session_->outgoing_size() < tls::ClientSession::kOutgoingLimit) notify_writable();
}

void SecureStream::link_ended(std::optional<net::NetError> error) {
  link_error_ = error;
  error ? session_->end_of_input(net::describe(*error)) : session_->end_of_input();
  follow_session();
  // A peer that hangs up right after the handshake: the host still hears first that the connection was made.
  if (computing_.running()) return;
  if (live()) fail(error ? net::describe(*error) : "closed by the peer", error);
}

void SecureStream::flush() {
  if (!link() || session_->outgoing_size() == 0) return;
  const auto ciphertext = session_->take_outgoing();
  const auto taken = link()->send(ciphertext);
  if (taken < ciphertext.size()) session_->put_back(ByteSpan{ciphertext}.subspan(taken));
}

/// Draws the consequences of what the session has become.
void SecureStream::follow_session() {
  if (state() == SocketState::connected) return refill();
  if (state() != SocketState::connecting) return;
  switch (session_->state()) {
    case SessionState::handshaking: return;
    case SessionState::connected:
    case SessionState::peer_closed:
      if (computing_.running()) return;
      // What the peer says meanwhile waits on its side.
      if (link()) link()->pause();
      computing_.start(handshake_time_, [this] { become_ready(); });
      return;
    case SessionState::failed: return fail({}, link_error_);
    case SessionState::closed: return;
  }
}

void SecureStream::become_ready() {
  if (!live()) return;
  if (link()) link()->resume();
  become_connected();
  refill();
}

void SecureStream::refill() {
  while (has_room()) {
    const auto plaintext = session_->read(kReadSize);
    if (plaintext.empty()) break;
    buffer(plaintext);
  }
  flush();
  if (state() != SocketState::connected) return;
  if (session_->state() == SessionState::failed) return fail({}, link_error_);
  // A link that broke has ended the session as well as a FIN or close_notify has.
  if (session_->state() == SessionState::peer_closed) link_error_ ? fail({}, link_error_) : end();
}

SendResult SecureStream::send(ByteSpan data) {
  if (state() != SocketState::connected) return SendResult::not_connected;
  if (!session_->write(data)) return SendResult::blocked;
  flush();
  return SendResult::accepted;
}

std::size_t SecureStream::send_some(ByteSpan data) {
  if (state() != SocketState::connected) return 0;
  const auto portion = data.first(std::min(data.size(), kLargestWrite));
  refused_ = !session_->write(portion);
  flush_soon();
  return refused_ ? 0 : portion.size();
}

/// What one read from the TE brings becomes several records: they go out together.
void SecureStream::flush_soon() {
  if (flushing_.running()) return;
  flushing_.start(Duration::zero(), [this] {
    flush();
    const bool room = session_->outgoing_size() < tls::ClientSession::kOutgoingLimit;
    if (room && std::exchange(refused_, false)) notify_writable();
  });
}

void SecureStream::say_goodbye() {
  session_->close();
  flush();
  flushing_.cancel();
  computing_.cancel();
}

void SecureStream::close() {
  say_goodbye();
  Stream::close();
}

}  // namespace quasimodem::device
