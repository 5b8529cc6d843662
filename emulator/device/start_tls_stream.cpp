// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/start_tls_stream.hpp"

namespace quasimodem::device {

void StartTlsStream::start_tls() {
  clear_ = false;
  reopen();
  SecureStream::link_ready();
}

SendResult StartTlsStream::send(ByteSpan data) {
  if (!clear_) return SecureStream::send(data);
  if (state() != SocketState::connected) return SendResult::not_connected;
  if (!unsent_.empty()) return SendResult::blocked;
  append(unsent_, data.subspan(link()->send(data)));
  return SendResult::accepted;
}

std::size_t StartTlsStream::send_some(ByteSpan data) {
  if (!clear_) return SecureStream::send_some(data);
  return state() == SocketState::connected && unsent_.empty() ? link()->send(data) : 0;
}

void StartTlsStream::link_received(ByteSpan octets) {
  if (!clear_) return SecureStream::link_received(octets);
  if (state() == SocketState::closing) return link()->pause();  // it is for nobody
  buffer(octets);
}

void StartTlsStream::link_writable() {
  if (!clear_) return SecureStream::link_writable();
  if (!unsent_.empty()) drop_front(unsent_, link()->send(unsent_));
  if (unsent_.empty()) notify_writable();
}

void StartTlsStream::link_ended(std::optional<net::NetError> error) {
  if (!clear_) return SecureStream::link_ended(error);
  if (state() == SocketState::connecting) return fail(error ? net::describe(*error) : "closed by the peer", error);
  error ? fail({}, error) : end();
}

void StartTlsStream::say_goodbye() {
  if (!clear_) SecureStream::say_goodbye();
}

void StartTlsStream::refill() {
  if (!clear_) SecureStream::refill();
}

}  // namespace quasimodem::device
