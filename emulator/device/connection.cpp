// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/connection.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::device {

Connection::Connection(Surroundings surroundings, Target target, Callbacks callbacks)
    : surroundings_{std::move(surroundings)},
      target_{std::move(target)},
      callbacks_{std::move(callbacks)},
      timeout_{surroundings_.timeline} {}

void Connection::open() {
  timeout_.start(target_.timeout, [this] { fail("timed out"); });
  resolving_ = surroundings_.bearer.resolve(target_.host, [this](const auto& addresses) { resolved(addresses); });
}

void Connection::resolved(const net::Bearer::Addresses& addresses) {
  auto finished = std::move(resolving_);
  if (!addresses) return fail(net::describe(addresses.error()));
  peer_ = net::Endpoint{addresses->front(), target_.port};
  link_ = surroundings_.bearer.connect(target_.transport, *peer_, *this);
}

void Connection::become_connected() {
  state_ = SocketState::connected;
  conclude_opening(Outcome::connected);
}

void Connection::conclude_opening(Outcome outcome) {
  timeout_.cancel();
  later([opened = callbacks_.opened, outcome] { opened(outcome); });
}

void Connection::fail(std::string_view reason) {
  if (!live()) return;
  if (!reason.empty()) log().info("{}:{}: {}", target_.host, target_.port, reason);
  if (state_ == SocketState::connected) return end();
  state_ = SocketState::closed;
  drop_link();  // in order: an alert for the peer may still be under way
  conclude_opening(Outcome::failed);
}

void Connection::end() {
  state_ = SocketState::closed;
  drop_link();
  later(callbacks_.ended);
}

void Connection::close() {
  state_ = SocketState::closed;
  *alive_ = false;
  timeout_.cancel();
  drop_link();
}

void Connection::drop_link() {
  resolving_.reset();
  link_.reset();
}

void Connection::buffer(ByteSpan data) {
  if (data.empty()) return;
  const bool was_empty = available() == 0;
  append(received_, data);
  if (!has_room() && link_) {
    link_->pause();
    paused_ = true;
  }
  if (was_empty) later(callbacks_.arrived);
}

Bytes Connection::receive(std::size_t most) {
  const auto count = std::min(most, available());
  const auto first = received_.begin() + static_cast<std::ptrdiff_t>(taken_);
  Bytes data{first, first + static_cast<std::ptrdiff_t>(count)};
  taken_ += count;
  if (taken_ == received_.size() || taken_ >= kReceiveBuffer) {
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
  return data;
}

void Connection::later(const std::function<void()>& callback) {
  if (!callback) return;
  surroundings_.timeline.post([alive = alive_, callback] {
    if (*alive) callback();
  });
}

}  // namespace quasimodem::device
