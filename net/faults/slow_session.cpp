// SPDX-License-Identifier: Apache-2.0
#include "net/faults/slow_session.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::net {
namespace {

// Bytes that may be under way to the peer at a time: what the fastest module sends in the longest pause of a network.
constexpr std::size_t kWindow = 64 * 1024;

// Where the link has a rate, what the host's TCP hands over at once travels in pieces of this size.
constexpr std::size_t kSegment = 1460;

// How long the inner link may refuse the rest of a link that the module has closed.
constexpr Duration kLingerTime = 10s;

}  // namespace

Duration SlowCore::wake() {
  if (!radio.idle_penalty) return {};
  const auto now = timeline.now();
  const bool idle = !last_packet || now - *last_packet > radio.idle_after;
  last_packet = now;
  return idle ? radio.idle_penalty() : Duration::zero();
}

Duration SlowCore::on_air(Direction direction, std::size_t size) {
  const auto rate = direction == up ? radio.up_kbit_s : radio.down_kbit_s;
  if (rate <= 0) return {};
  auto& busy = busy_until[direction];
  const auto time = Duration{static_cast<Duration::rep>(static_cast<double>(size) * 8e6 / rate)};
  busy = std::max({busy, timeline.now(), stalled_until}) + time;
  return busy - timeline.now();
}

int SlowCore::stall(Duration length) {
  std::erase_if(stalls, [this](const auto& each) { return each.second <= timeline.now(); });
  const auto until = timeline.now() + length;
  stalls[++stall_count] = until;
  stalled_until = std::max(stalled_until, until);
  return stall_count;
}

void SlowCore::go_on(int number) {
  if (stalls.erase(number) == 0) return;
  stalled_until = timeline.now();
  for (const auto& [other, until] : stalls) stalled_until = std::max(stalled_until, until);
  // Not from within the call: what arrives now may end what is concerned.
  going_on.start({}, [this] {
    for (auto* each : std::set{concerned}) {
      if (concerned.contains(each)) each->stall_over();
    }
  });
}

SlowSession::SlowSession(std::shared_ptr<SlowCore> core, Transport transport, Endpoint peer, LinkObserver& observer)
    : Stalled{std::move(core)},
      transport_{transport},
      peer_{peer},
      observer_{&observer},
      arrival_timer_{core_->timeline},
      departure_timer_{core_->timeline},
      linger_limit_{core_->timeline} {}

void SlowSession::start(Bearer& inner) { inner_ = inner.connect(transport_, peer_, *this); }

// ── to the module ──

void SlowSession::link_connected() {
  inner_up_ = true;
  arrives(Arrival::Kind::connected, {}, {}, core_->round_trip());
}

void SlowSession::link_received(ByteSpan data) {
  // A peer that sends on while the rest for it is under way is not read.
  if (!observer_ && inner_) return inner_->pause();
  const auto keep = shared_from_this();
  const auto delay = core_->one_way();
  const bool whole = transport_ == Transport::udp || core_->radio.down_kbit_s <= 0;
  do {
    const auto part = data.first(whole ? data.size() : std::min(data.size(), kSegment));
    data = data.subspan(part.size());
    arrives(Arrival::Kind::data, part, {}, delay + core_->on_air(SlowCore::down, part.size()));
  } while (!data.empty());
}

void SlowSession::link_closed(std::optional<NetError> error) {
  const bool was_up = std::exchange(inner_up_, false);
  if (!observer_) return end();
  arrives(Arrival::Kind::closed, {}, error, was_up ? core_->one_way() : core_->round_trip());
}

void SlowSession::arrives(Arrival::Kind kind, ByteSpan data, std::optional<NetError> error, Duration delay) {
  if (!observer_) return;
  last_arrival_ = std::max(last_arrival_, core_->timeline.now() + delay);
  arrivals_.push_back({last_arrival_, kind, {data.begin(), data.end()}, error});
  arriving_ += data.size();
  hold_peer_back();
  if (arrivals_.size() == 1) deliver();
}

void SlowSession::deliver() {
  const auto keep = shared_from_this();  // the module may destroy its link in any of the calls
  const auto now = core_->timeline.now();
  while (!arrivals_.empty()) {
    if (paused_ && arrivals_.front().kind != Arrival::Kind::connected) return;
    const auto due = std::max(arrivals_.front().due, core_->stalled_until);
    if (due > now) return arrival_timer_.start(due - now, [this] { deliver(); });
    const auto arrival = std::move(arrivals_.front());
    arrivals_.pop_front();
    arriving_ -= arrival.data.size();
    hold_peer_back();
    tell(arrival);
  }
}

/// A link that is slower than the peer fills the peer's window, not our memory.
void SlowSession::hold_peer_back() {
  const bool too_much = arriving_ > (held_back_ ? kWindow / 2 : kWindow);
  if (std::exchange(held_back_, too_much) == too_much || !inner_ || paused_) return;
  too_much ? inner_->pause() : inner_->resume();
}

void SlowSession::tell(const Arrival& arrival) {
  switch (arrival.kind) {
    case Arrival::Kind::connected: phase_ = Phase::connected; return observer_->link_connected();
    case Arrival::Kind::data: return observer_->link_received(arrival.data);
    case Arrival::Kind::closed:
      phase_ = Phase::over;
      return std::exchange(observer_, nullptr)->link_closed(arrival.error);
  }
}

void SlowSession::pause() {
  paused_ = true;
  if (inner_) inner_->pause();
}

void SlowSession::resume() {
  if (!std::exchange(paused_, false)) return;
  if (inner_ && !held_back_) inner_->resume();
  if (!arrivals_.empty()) arrival_timer_.start({}, [this] { deliver(); });
}

// ── to the peer ──

std::size_t SlowSession::send(ByteSpan data) {
  if (phase_ != Phase::connected || !inner_) return 0;
  const auto delay = core_->one_way();
  const bool at_once = delay == Duration::zero() && core_->radio.up_kbit_s <= 0 && core_->stalled() <= Duration::zero();
  std::size_t taken = 0;
  if (at_once && departures_.empty()) {
    taken = inner_->send(data);
  } else {
    taken = departs(data, delay);
  }
  if (taken < data.size()) starved_ = true;
  return taken;
}

std::size_t SlowSession::departs(ByteSpan data, Duration delay) {
  auto size = std::min(data.size(), kWindow - departing_);
  if (transport_ == Transport::udp && size < data.size()) size = 0;
  if (size == 0) return 0;
  const auto taken = data.first(size);
  const auto travels = delay + core_->on_air(SlowCore::up, size);
  last_departure_ = std::max(last_departure_, core_->timeline.now() + travels);
  departures_.push_back({last_departure_, delay, {taken.begin(), taken.end()}});
  departing_ += size;
  if (departures_.size() == 1) hand_over();
  return size;
}

/// True when the first departure is done with and the next one may follow.
bool SlowSession::hand_over_front() {
  auto& front = departures_.front();
  if (front.last) {
    end();
    return false;
  }
  const auto taken = inner_->send(front.data);
  departing_ -= taken;
  const auto now = core_->timeline.now();
  while (!acknowledgements_.empty() && acknowledgements_.front().due <= now) acknowledgements_.pop_front();
  if (taken > 0) acknowledgements_.push_back({now + front.way_back, taken});
  front.data.erase(front.data.begin(), front.data.begin() + static_cast<std::ptrdiff_t>(taken));
  if (!front.data.empty()) return false;  // goes on in link_writable
  departures_.pop_front();
  return true;
}

void SlowSession::stall_over() {
  const auto keep = shared_from_this();
  deliver();
  hand_over();
  tell_writable();
}

void SlowSession::hand_over() {
  const auto keep = shared_from_this();
  const auto now = core_->timeline.now();
  while (!departures_.empty() && std::max(departures_.front().due, core_->stalled_until) <= now) {
    if (!hand_over_front()) return;
  }
  if (departures_.empty()) return;
  departure_timer_.start(std::max(departures_.front().due, core_->stalled_until) - now, [this] {
    const auto self = shared_from_this();
    hand_over();
    tell_writable();
  });
}

void SlowSession::link_writable() {
  const auto keep = shared_from_this();
  hand_over();
  tell_writable();
}

void SlowSession::tell_writable() {
  if (!starved_ || !observer_ || phase_ != Phase::connected || departing_ > kWindow / 2) return;
  starved_ = false;
  observer_->link_writable();
}

std::size_t SlowSession::unacknowledged() const {
  if (transport_ == Transport::udp || !inner_) return 0;
  const auto now = core_->timeline.now();
  std::size_t on_way_back = 0;
  for (const auto& acknowledgement : acknowledgements_) {
    if (acknowledgement.due > now) on_way_back += acknowledgement.size;
  }
  // Both count the bytes handed over last, so the larger one includes the other.
  return departing_ + std::max(on_way_back, inner_->unacknowledged());
}

// ── ending ──

void SlowSession::abort() {
  observer_ = nullptr;
  if (inner_) inner_->abort();
  end();
}

void SlowSession::leave() {
  observer_ = nullptr;
  arrivals_.clear();
  arriving_ = 0;
  arrival_timer_.cancel();
  const auto delay = core_->one_way();
  if (!inner_ || !inner_up_ || (delay == Duration::zero() && departures_.empty())) return end();
  core_->lingering.insert(shared_from_this());
  last_departure_ = std::max(last_departure_, core_->timeline.now() + delay);
  departures_.push_back({.due = last_departure_, .way_back = {}, .data = {}, .last = true});
  linger_limit_.start(last_departure_ - core_->timeline.now() + kLingerTime, [this] { end(); });
  if (departures_.size() == 1) hand_over();
}

void SlowSession::hurry() {
  for (const auto& departure : departures_) {
    if (inner_ && !departure.last) inner_->send(departure.data);
  }
  end();
}

void SlowSession::end() {
  const auto keep = shared_from_this();
  phase_ = Phase::over;
  arrivals_.clear();
  arriving_ = 0;
  departures_.clear();
  departing_ = 0;
  arrival_timer_.cancel();
  departure_timer_.cancel();
  linger_limit_.cancel();
  inner_.reset();
  core_->lingering.erase(keep);
}

}  // namespace quasimodem::net
