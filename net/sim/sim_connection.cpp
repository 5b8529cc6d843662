// SPDX-License-Identifier: Apache-2.0
#include "net/sim/sim_connection.hpp"

#include <algorithm>
#include <utility>

#include "net/sim/sim_network.hpp"

namespace quasimodem::net {

SimConnection::SimConnection(std::shared_ptr<detail::SimWire> wire, Transport transport, Endpoint endpoint,
                             LinkObserver* observer)
    : wire_{std::move(wire)}, transport_{transport}, endpoint_{endpoint}, observer_{observer} {}

// ── the peer ──

Bytes SimConnection::take_received() {
  Bytes fresh{received_.begin() + static_cast<std::ptrdiff_t>(taken_), received_.end()};
  taken_ = received_.size();
  return fresh;
}

void SimConnection::forget_received() {
  received_.clear();
  pieces_.clear();
  taken_ = 0;
}

void SimConnection::send(ByteSpan data) {
  if (!open()) return;
  undelivered_ += data.size();
  to_module([data = Bytes{data.begin(), data.end()}](SimConnection& self) {
    const auto most = self.transport_ == Transport::tcp ? kReadSize : std::max<std::size_t>(data.size(), 1);
    for (ByteSpan rest{data}; !rest.empty(); rest = rest.subspan(std::min(most, rest.size()))) {
      const auto piece = rest.first(std::min(most, rest.size()));
      self.incoming_.emplace_back(piece.begin(), piece.end());
    }
    self.deliver_to_module();
  });
}

void SimConnection::close() {
  if (peer_ended_) return;
  peer_ended_ = true;
  to_module([](SimConnection& self) {
    self.peer_end_ = End::in_order;
    self.deliver_to_module();
  });
}

void SimConnection::reset() {
  if (peer_reset_) return;
  peer_ended_ = peer_reset_ = true;
  unread_.clear();
  to_module([](SimConnection& self) {
    self.peer_end_ = End::reset;
    self.deliver_to_module();
  });
}

void SimConnection::resume_reading() {
  reading_ = true;
  wire_->timeline.post([self = shared_from_this()] { self->read_at_peer(); });
}

void SimConnection::arrive_at_peer(Bytes data) {
  if (aborted_ || peer_reset_) return;
  if (!known_ && (transport_ == Transport::tcp || !wire_->network || !wire_->network->datagram_arrived(*this))) {
    acknowledged(data.size());  // a datagram nobody hears is lost without a word
    return;
  }
  unread_.push_back(std::move(data));
  read_at_peer();
}

void SimConnection::read_at_peer() {
  while (reading_ && !unread_.empty()) {
    const auto piece = std::move(unread_.front());
    unread_.pop_front();
    append(received_, piece);
    pieces_.push_back(piece);
    to_module([count = piece.size()](SimConnection& self) { self.acknowledged(count); });
    // A copy: the handler may put another one in its place.
    if (const auto handler = on_received) handler(piece);
  }
  end_at_peer();
}

void SimConnection::end_at_peer() {
  if (!module_end_ || module_ended_ || !known_) return;
  if (!unread_.empty()) return;
  module_ended_ = true;
  if (peer_reset_ || transport_ == Transport::udp) return;
  if (const auto handler = on_closed) {
    handler(*module_end_ == End::reset ? std::optional{NetError::reset} : std::nullopt);
  }
}

// ── the wire ──

void SimConnection::to_module(Step step) {
  last_to_module_ = std::max(last_to_module_, wire_->timeline.now() + wire_->latency);
  wire_->timeline.at(last_to_module_, [self = shared_from_this(), step = std::move(step)] { step(*self); });
}

void SimConnection::to_peer(Step step) {
  last_to_peer_ = std::max(last_to_peer_, wire_->timeline.now() + wire_->latency);
  wire_->timeline.at(last_to_peer_, [self = shared_from_this(), step = std::move(step)] { step(*self); });
}

// ── the module ──

void SimConnection::accepted(std::size_t window) {
  known_ = true;
  window_ = window;
  if (transport_ == Transport::tcp) to_module([](SimConnection& self) { self.established(); });
}

void SimConnection::established() {
  if (!observer_ || phase_ != Phase::connecting) return;
  phase_ = Phase::connected;
  observer_->link_connected();
}

void SimConnection::failed(NetError error) {
  to_module([error](SimConnection& self) { self.tell_module_closed(error); });
}

void SimConnection::accepted_by_module(LinkObserver& observer) {
  observer_ = &observer;
  wire_->timeline.post([self = shared_from_this()] {
    self->established();
    self->deliver_to_module();
  });
}

void SimConnection::refused_by_module() {
  phase_ = Phase::over;
  to_peer([](SimConnection& self) {
    self.module_end_ = End::reset;
    self.end_at_peer();
  });
}

std::size_t SimConnection::module_sends(ByteSpan data) {
  if (phase_ != Phase::connected || data.empty()) return 0;
  if (wire_->next_fails()) {
    break_now();
    return 0;
  }
  const auto room = window_ - std::min(window_, unacknowledged_);
  auto count = std::min(room, data.size());
  if (transport_ == Transport::udp && count < data.size()) count = 0;
  if (count < data.size()) starved_ = true;
  if (count == 0) return 0;

  unacknowledged_ += count;
  const auto taken = data.first(count);
  to_peer([piece = Bytes{taken.begin(), taken.end()}](SimConnection& self) { self.arrive_at_peer(piece); });
  return count;
}

void SimConnection::module_resumes() {
  if (!std::exchange(paused_, false)) return;
  wire_->timeline.post([self = shared_from_this()] { self->deliver_to_module(); });
}

void SimConnection::module_leaves(End how) {
  if (std::exchange(left_, true)) return;
  observer_ = nullptr;
  phase_ = Phase::over;
  incoming_.clear();
  undelivered_ = 0;
  if (how == End::reset) {
    aborted_ = true;
    unread_.clear();
    unacknowledged_ = 0;
  }
  to_peer([how](SimConnection& self) {
    self.module_end_ = how;
    self.end_at_peer();
  });
}

void SimConnection::acknowledged(std::size_t count) {
  unacknowledged_ -= std::min(count, unacknowledged_);
  if (!observer_ || phase_ != Phase::connected || !starved_ || unacknowledged_ > window_ / 2) return;
  starved_ = false;
  observer_->link_writable();
}

void SimConnection::deliver_to_module() {
  while (observer_ && phase_ == Phase::connected && !paused_ && !incoming_.empty()) {
    if (wire_->next_fails()) return break_now();
    const auto piece = std::move(incoming_.front());
    incoming_.pop_front();
    undelivered_ -= piece.size();
    observer_->link_received(piece);
  }
  if (phase_ != Phase::connected || paused_ || !incoming_.empty() || !peer_end_) return;
  tell_module_closed(*peer_end_ == End::reset ? std::optional{NetError::reset} : std::nullopt);
}

void SimConnection::tell_module_closed(std::optional<NetError> error) {
  phase_ = Phase::over;
  if (auto* observer = std::exchange(observer_, nullptr)) observer->link_closed(error);
}

void SimConnection::break_now() {
  phase_ = Phase::over;
  incoming_.clear();
  undelivered_ = 0;
  wire_->timeline.post([self = shared_from_this()] { self->tell_module_closed(NetError::reset); });
  to_peer([](SimConnection& self) {
    self.unread_.clear();
    self.module_end_ = End::reset;
    self.end_at_peer();
  });
}

}  // namespace quasimodem::net
