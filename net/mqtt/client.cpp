// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt/client.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::net::mqtt {

namespace {

/// A message in a list, with what its texts have allocated.
std::size_t memory_of(const Publish& message) {
  return sizeof message + 2 * sizeof(void*) + message.topic.capacity() + message.payload.capacity();
}

}  // namespace

Client::Client(Timeline& timeline, Callbacks callbacks)
    : timeline_{timeline},
      callbacks_{std::move(callbacks)},
      answer_{timeline},
      resend_{timeline},
      keep_alive_timer_{timeline},
      ping_answer_{timeline} {}

void Client::connect(const Connect& packet, const Patience& patience) {
  const bool other = packet.client_id != client_id_ || packet.version != version_;
  patience_ = patience;
  version_ = packet.version;
  client_id_ = packet.client_id;
  kept_ = !packet.clean_session;
  keep_alive_ = std::chrono::seconds{packet.keep_alive_s};
  reader_.restart();
  reader_.speak(version_);
  outgoing_.clear();
  state_ = State::connecting;
  last_taken_ = timeline_.now();
  send(packet);
  answer_.start(patience_.answer_time(), [this] { connect_overdue(); });
  if (other || !kept_) forget_session();
}

void Client::disconnect() {
  if (state_ == State::connected) send(Disconnect{});
  const auto goodbye = std::exchange(outgoing_, {});
  cut();
  outgoing_ = goodbye;
}

void Client::cut() {
  if (state_ == State::closed) return;
  const bool connecting = state_ == State::connecting;
  stop();
  fail_what_ends(connecting);
}

/// No connection; what must be remembered of it stays.
void Client::stop() {
  state_ = State::closed;
  outgoing_ = Bytes{};
  reader_.restart();
  answer_.cancel();
  resend_.cancel();
  keep_alive_timer_.cancel();
  ping_answer_.cancel();
}

/// A connection's end is the end of what waits for an answer, except for the messages of a kept session.
void Client::fail_what_ends(bool connecting) {
  if (!kept_) forget_received();
  if (connecting) emit(Failed{Request::connect, 0});
  if (!kept_) {
    fail_all();
    return;
  }
  Flight gone;
  const auto stays = [](const InFlight& one) { return one.request == Request::publish; };
  const auto first = std::stable_partition(in_flight_.begin(), in_flight_.end(), stays);
  std::move(first, in_flight_.end(), std::back_inserter(gone));
  in_flight_.erase(first, in_flight_.end());
  for (const auto& one : gone) emit(Failed{one.request, one.id});
}

void Client::fail_all() {
  const auto gone = std::exchange(in_flight_, {});
  for (const auto& one : gone) emit(Failed{one.request, one.id});
}

void Client::forget_received() {
  received_ = std::vector<PacketId>{};
  held_.clear();
}

void Client::forget_session() {
  forget_received();
  fail_all();
}

void Client::end(Ending why, std::string text) {
  const bool connecting = state_ == State::connecting;
  stop();
  fail_what_ends(connecting);
  emit(Ended{why, std::move(text)});
}

// --- Requests

Client::Taken Client::takes(PacketId id) const {
  if (state_ != State::connected) return Taken::not_connected;
  const auto same = [id](const InFlight& one) { return one.id == id; };
  if (id != 0 && std::any_of(in_flight_.begin(), in_flight_.end(), same)) return Taken::id_in_use;
  return wants_input() ? Taken::yes : Taken::full;
}

Client::Taken Client::publish(const Publish& packet) {
  if (packet.topic.size() > kMostTopic || packet.payload.size() > kMostPayload) return Taken::too_long;
  if (const auto taken = takes(packet.id); taken != Taken::yes) return taken;
  if (packet.qos == Qos::at_most_once) {
    if (!lost(packet.topic)) send(packet);
    return Taken::yes;
  }
  InFlight request{.request = Request::publish, .id = packet.id, .again_dup = true, .qos = packet.qos, .packet = {}};
  write(request.packet, packet);
  return start(std::move(request));
}

Client::Taken Client::subscribe(const Subscribe& packet) {
  if (const auto taken = takes(packet.id); taken != Taken::yes) return taken;
  InFlight request{.request = Request::subscribe,
                   .id = packet.id,
                   .again_dup = version_ == Version::v3_1,
                   .topics = packet.subscriptions.size(),
                   .packet = {}};
  write(request.packet, packet);
  return start(std::move(request));
}

Client::Taken Client::unsubscribe(const Unsubscribe& packet) {
  if (const auto taken = takes(packet.id); taken != Taken::yes) return taken;
  InFlight request{
      .request = Request::unsubscribe, .id = packet.id, .again_dup = version_ == Version::v3_1, .packet = {}};
  write(request.packet, packet);
  return start(std::move(request));
}

Client::Taken Client::start(InFlight request) {
  std::size_t bytes = request.packet.size();
  for (const auto& one : in_flight_) bytes += one.packet.size();
  if (bytes > kMostInFlight || in_flight_.size() == kMostRequests) return Taken::full;
  request.packet.shrink_to_fit();
  request.first_sent = timeline_.now();
  transmit(request);
  in_flight_.push_back(std::move(request));
  schedule();
  return Taken::yes;
}

Client::Flight::iterator Client::find(Request request, PacketId id) {
  const auto same = [=](const InFlight& one) { return one.request == request && one.id == id; };
  return std::find_if(in_flight_.begin(), in_flight_.end(), same);
}

void Client::transmit(InFlight& request) {
  request.deadline = timeline_.now() + patience_.packet_time;
  // What the transport has not even taken the first time is not put behind it once more.
  if (!wants_input()) return;
  if (request.request == Request::publish && !request.released && lost(topic_of(request.packet))) return;
  append(outgoing_, request.packet);
  last_sent_ = timeline_.now();
}

void Client::send_again(InFlight& request) {
  if (request.again_dup) set_dup(request.packet);
  transmit(request);
}

void Client::schedule() {
  if (in_flight_.empty()) {
    resend_.cancel();
    return;
  }
  const auto sooner = [](const InFlight& a, const InFlight& b) { return a.deadline < b.deadline; };
  const auto first = std::min_element(in_flight_.begin(), in_flight_.end(), sooner);
  resend_.start(std::max(first->deadline - timeline_.now(), Duration{}), [this] { resend_due(); });
}

void Client::resend_due() {
  std::vector<PacketId> due;  // the events may change in_flight_
  for (const auto& one : in_flight_) {
    if (one.deadline <= timeline_.now()) due.push_back(one.id);
  }
  for (const auto id : due) {
    const auto same = [id](const InFlight& one) { return one.id == id; };
    const auto one = std::find_if(in_flight_.begin(), in_flight_.end(), same);
    if (one == in_flight_.end()) continue;
    if (one->count == patience_.retries) {
      give_up(id);
    } else {
      ++one->count;
      send_again(*one);
      emit(Retransmitted{one->request, id, one->count});
    }
    if (state_ != State::connected) return;
  }
  schedule();
  wake();
}

void Client::give_up(PacketId id) {
  const auto same = [id](const InFlight& one) { return one.id == id; };
  const auto one = std::find_if(in_flight_.begin(), in_flight_.end(), same);
  const Failed failed{one->request, id};
  const bool stuck = !outgoing_.empty() && last_taken_ <= one->first_sent;
  in_flight_.erase(one);
  emit(failed);
  if (stuck && state_ == State::connected) end(Ending::send_failed, "nothing could be sent for as long as was tried");
}

void Client::complete(Flight::iterator request, ClientEvent event) {
  in_flight_.erase(request);
  schedule();
  emit(std::move(event));
}

void Client::sent(std::size_t count) {
  if (count == 0) return;
  outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(count));
  last_taken_ = timeline_.now();
}

// --- What the broker sends

void Client::receive(ByteSpan bytes) {
  if (state_ == State::closed) {
    if (!bytes.empty()) violation("the broker speaks before CONNECT");
    return;
  }
  while (!bytes.empty() && (state_ == State::connecting || state_ == State::connected)) {
    auto packet = reader_.take(bytes);
    if (!packet) {
      violation(std::move(packet.error().what));
      return;
    }
    if (*packet) handle(**std::move(packet));
  }
}

void Client::input_ended(std::string_view text) { end(Ending::peer_closed, std::string{text}); }

void Client::handle(Packet packet) {
  const auto type = type_of(packet);
  if ((type == PacketType::connack) != (state_ == State::connecting)) {
    violation(fmt::format("{} {}", name(type), state_ == State::connecting ? "before CONNACK" : "a second time"));
    return;
  }
  std::visit([this](auto&& one) { handle(std::forward<decltype(one)>(one)); }, std::move(packet));
}

/// What only a client may send, and CONNACK.
template <class Other>
void Client::handle(const Other& packet) {
  if constexpr (std::is_same_v<Other, ConnAck>) {
    handle_connack(packet);
  } else {
    violation(fmt::format("{} from the broker", name(type_of(Packet{packet}))));
  }
}

void Client::handle_connack(const ConnAck& packet) {
  if (packet.code != ConnectCode::accepted) {
    state_ = State::refused;
    answer_.start(patience_.answer_time(), [this] {
      end(Ending::refusal_kept_open, "the broker refused the client and did not close the connection");
    });
    emit(ConnectAnswered{packet.code, false});
    return;
  }
  answer_.cancel();
  state_ = State::connected;
  if (keep_alive_ > Duration{}) start_keep_alive(keep_alive_);
  emit(ConnectAnswered{packet.code, packet.session_present});
  if (state_ != State::connected) return;
  // 3.1 does not say whether the broker remembers the session; there the client takes it for granted.
  if (packet.session_present || version_ == Version::v3_1) {
    resume_session();
  } else {
    forget_session();
  }
}

void Client::resume_session() {
  for (auto& one : in_flight_) {
    one.count = 0;
    one.first_sent = timeline_.now();
    send_again(one);
  }
  schedule();
}

void Client::handle(Publish&& packet) {
  switch (packet.qos) {
    case Qos::at_most_once: break;
    case Qos::at_least_once: send(PubAck{packet.id}); break;
    case Qos::exactly_once: keep_until_release(std::move(packet)); return;
  }
  emit(Message{std::move(packet)});
}

/// ASSUMED: a message of QoS 2 is delivered with its PUBREL (3.1.1 4.3.3, method A); one that there is no room for as
/// soon as it comes, and only its identifier is kept (method B).
void Client::keep_until_release(Publish&& packet) {
  const bool known_already = std::find(received_.begin(), received_.end(), packet.id) != received_.end();
  if (!known_already && received_.size() == kMostReceived) {
    violation("more messages of QoS 2 are under way than a client can remember");
    return;
  }
  send(PubRec{packet.id});
  if (known_already) return;
  received_.push_back(packet.id);
  auto bytes = memory_of(packet);
  for (const auto& one : held_) bytes += memory_of(one);
  if (bytes <= kMostHeld) {
    held_.push_back(std::move(packet));
  } else {
    emit(Message{std::move(packet)});
  }
}

void Client::handle(const PubRel& packet) {
  send(PubComp{packet.id});
  std::erase(received_, packet.id);
  const auto same = [&](const Publish& one) { return one.id == packet.id; };
  const auto one = std::find_if(held_.begin(), held_.end(), same);
  if (one == held_.end()) return;
  auto message = std::move(*one);
  held_.erase(one);
  emit(Message{std::move(message)});
}

// An answer to what nobody asked (any more) is late, not wrong.

void Client::handle(const PubAck& packet) {
  const auto one = find(Request::publish, packet.id);
  if (one != in_flight_.end() && one->qos == Qos::at_least_once) complete(one, Published{packet.id});
}

void Client::handle(const PubRec& packet) {
  const auto one = find(Request::publish, packet.id);
  if (one == in_flight_.end() || one->qos != Qos::exactly_once) {
    send(PubRel{packet.id});  // the broker has the message, and would wait for ever
    return;
  }
  one->released = true;
  one->again_dup = version_ == Version::v3_1;
  one->count = 0;
  one->first_sent = timeline_.now();
  one->packet = Bytes{};
  write(one->packet, PubRel{packet.id});
  transmit(*one);
  schedule();
}

void Client::handle(const PubComp& packet) {
  const auto one = find(Request::publish, packet.id);
  if (one != in_flight_.end() && one->released) complete(one, Published{packet.id});
}

void Client::handle(SubAck&& packet) {
  const auto one = find(Request::subscribe, packet.id);
  if (one == in_flight_.end()) return;
  if (packet.granted.size() != one->topics) {
    violation(fmt::format("SUBACK with {} results for {} topics", packet.granted.size(), one->topics));
    return;
  }
  complete(one, Subscribed{packet.id, std::move(packet.granted)});
}

void Client::handle(const UnsubAck& packet) {
  const auto one = find(Request::unsubscribe, packet.id);
  if (one != in_flight_.end()) complete(one, Unsubscribed{packet.id});
}

// --- Time

void Client::connect_overdue() {
  if (outgoing_.empty()) {
    end(Ending::connect_unanswered, "no CONNACK came");
  } else {
    end(Ending::connect_unsent, "CONNECT could not be sent");
  }
}

void Client::start_keep_alive(Duration delay) {
  keep_alive_timer_.start(delay, [this] { keep_alive_due(); });
}

/// The timer is not moved with each packet: when it is due, it looks whether it really is.
void Client::keep_alive_due() {
  const auto due = last_sent_ + keep_alive_;
  if (timeline_.now() < due) {
    start_keep_alive(due - timeline_.now());
    return;
  }
  start_keep_alive(keep_alive_);
  // Behind what the transport does not take a further PINGREQ would only wait; the answer is waited for all the same.
  if (wants_input()) send(PingReq{});
  if (!ping_answer_.running()) {
    ping_answer_.start(patience_.answer_time(), [this] { end(Ending::ping_unanswered, "no PINGRESP came"); });
  }
  wake();
}

std::size_t Client::held() const {
  auto bytes = reader_.held() + outgoing_.capacity() + in_flight_.capacity() * sizeof(InFlight) +
               received_.capacity() * sizeof(PacketId);
  for (const auto& one : in_flight_) bytes += one.packet.capacity();
  for (const auto& one : held_) bytes += memory_of(one);
  return bytes;
}

}  // namespace quasimodem::net::mqtt
