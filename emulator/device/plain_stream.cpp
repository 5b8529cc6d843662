// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/plain_stream.hpp"

namespace quasimodem::device {

SendResult PlainStream::send(ByteSpan data) {
  if (state() != SocketState::connected) return SendResult::not_connected;
  if (!unsent_.empty()) return SendResult::blocked;
  const auto taken = link()->send(data);
  if (taken == 0 && !data.empty()) return SendResult::blocked;
  append(unsent_, data.subspan(taken));
  sent_ += data.size();
  return SendResult::accepted;
}

std::size_t PlainStream::send_some(ByteSpan data) {
  if (state() != SocketState::connected || !unsent_.empty()) return 0;
  const auto taken = link()->send(data);
  sent_ += taken;
  return taken;
}

void PlainStream::link_writable() {
  if (!unsent_.empty()) {
    const auto taken = link()->send(unsent_);
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(taken));
  }
  if (unsent_.empty()) notify_writable();
}

SendCount PlainStream::send_count() const {
  const auto on_the_way = unsent_.size() + (link() ? link()->unacknowledged() : 0);
  return {.sent = sent_, .acknowledged = sent_ - std::min(sent_, on_the_way)};
}

void PlainStream::link_ended(std::optional<net::NetError> error) {
  if (state() == SocketState::connecting) return fail(error ? net::describe(*error) : "closed by the peer", error);
  error ? fail({}, error) : end();
}

}  // namespace quasimodem::device
