// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/stream.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::device {
namespace {

// ASSUMED: how long a socket stays in CLOSING for a peer that does not take what was sent.
constexpr Duration kLongestClosing = 10s;
constexpr Duration kLookAgain = 50ms;

}  // namespace

Stream::Stream(Surroundings surroundings, Target target, Callbacks callbacks)
    : surroundings_{std::move(surroundings)},
      target_{std::move(target)},
      callbacks_{std::move(callbacks)},
      timeout_{surroundings_.timeline} {}

void Stream::open() {
  timeout_.start(target_.timeout, [this] { fail("timed out"); });
  const auto& name = target_.looked_up.empty() ? target_.host : target_.looked_up;
  resolving_ = surroundings_.bearer.resolve(name, [this](const auto& addresses) { resolved(addresses); });
}

void Stream::adopt(net::Endpoint peer, const net::ListenObserver::Accept& accept) {
  peer_ = peer;
  link_ = accept(*this);
}

void Stream::resolved(const net::Bearer::Addresses& addresses) {
  auto finished = std::move(resolving_);
  if (!addresses) return fail(net::describe(addresses.error()), addresses.error());
  failure_.step = Failure::Step::connecting;
  peer_ = net::Endpoint{addresses->front(), target_.port};
  link_ = surroundings_.bearer.connect(target_.transport, *peer_, *this);
}

void Stream::become_connected() {
  state_ = SocketState::connected;
  failure_.step = Failure::Step::open;
  conclude_opening(Outcome::connected);
}

void Stream::reopen() {
  state_ = SocketState::connecting;
  result_told_ = false;
  timeout_.start(target_.timeout, [this] { fail("timed out"); });
}

void Stream::conclude_opening(Outcome outcome) {
  timeout_.cancel();
  later([this, opened = callbacks_.opened, outcome] {
    result_told_ = true;
    opened(outcome);
  });
}

void Stream::fail(std::string_view reason, std::optional<net::NetError> error) {
  if (!live()) return;
  reason_ = reason;
  failure_.error = error;
  if (!reason.empty()) log().info("{}:{}: {}", target_.host, target_.port, reason);
  const bool was_connected = state_ == SocketState::connected;
  state_ = SocketState::closed;  // what is broken is never REMOTE CLOSING
  if (was_connected) return end();
  drop_link();  // in order: an alert for the peer may still be under way
  conclude_opening(Outcome::failed);
}

void Stream::end() {
  const bool unread = state_ == SocketState::connected && available() > 0;
  state_ = unread ? SocketState::remote_closing : SocketState::closed;
  timeout_.cancel();
  drop_link();
  later(callbacks_.ended);
}

bool Stream::sent_to_peer() const { return all_sent() && link_->unacknowledged() == 0; }

bool Stream::close_after_sending(std::function<void()> closed) {
  const bool waits = state_ == SocketState::connected && transport() == net::Transport::tcp && link_ && !sent_to_peer();
  if (!waits) return false;
  say_goodbye();
  state_ = SocketState::closing;
  *alive_ = false;  // what was to be told of the open connection
  alive_ = std::make_shared<bool>(true);
  callbacks_ = {};
  callbacks_.ended = std::move(closed);
  closing_until_ = timeline().now() + kLongestClosing;
  await_sent();
  return true;
}

void Stream::await_sent() {
  timeout_.start(kLookAgain, [this] {
    const bool over = sent_to_peer() || timeline().now() >= closing_until_;
    over ? end() : await_sent();
  });
}

void Stream::close() {
  state_ = SocketState::closed;
  *alive_ = false;
  result_told_ = true;
  timeout_.cancel();
  drop_link();
}

void Stream::drop_link() {
  resolving_.reset();
  link_.reset();
}

void Stream::buffer(ByteSpan data) {
  if (data.empty()) return;
  const bool was_empty = available() == 0;
  append(received_, data);
  note_packets(data.size());
  if (!has_room() && link_) {
    link_->pause();
    paused_ = true;
  }
  if (was_empty) later(callbacks_.arrived);
}

/// A TCP stream has the packets that the radio side would cut it into (MANUAL MC60 11.30: up to 1460 octets).
void Stream::note_packets(std::size_t size) {
  constexpr std::size_t kLargestSegment = 1460;
  const auto most = transport() == net::Transport::tcp ? kLargestSegment : size;
  auto total = available() - size;
  for (auto rest = size; rest > 0;) {
    const auto length = std::min(rest, most);
    rest -= length;
    total += length;
    packets_.push_back(length);
    if (!callbacks_.packet) continue;
    later([tell = callbacks_.packet, packet = Packet{packets_.size(), length, total}] { tell(packet); });
  }
}

void Stream::forget_packets(std::size_t size) {
  while (size > 0 && !packets_.empty()) {
    const auto part = std::min(size, packets_.front());
    size -= part;
    packets_.front() -= part;
    if (packets_.front() == 0) packets_.pop_front();
  }
}

Bytes Stream::receive(std::size_t most) {
  const bool datagrams = transport() == net::Transport::udp && !packets_.empty();
  const auto count = std::min(most, datagrams ? packets_.front() : available());
  const auto first = received_.begin() + static_cast<std::ptrdiff_t>(taken_);
  Bytes data{first, first + static_cast<std::ptrdiff_t>(count)};
  taken_ += count;
  forget_packets(count);
  if (taken_ == received_.size() || taken_ >= target_.receive_buffer) {
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
  }
  if (has_room()) {
    refill();
    if (paused_ && has_room() && link_) {
      paused_ = false;
      link_->resume();
    }
  }
  if (state_ == SocketState::remote_closing && available() == 0) state_ = SocketState::closed;
  return data;
}

void Stream::later(const std::function<void()>& callback) {
  if (!callback) return;
  surroundings_.timeline.post([alive = alive_, callback] {
    if (*alive) callback();
  });
}

}  // namespace quasimodem::device
