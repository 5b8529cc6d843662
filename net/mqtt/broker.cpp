// SPDX-License-Identifier: Apache-2.0
#include "net/mqtt/broker.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include <fmt/core.h>

#include "net/mqtt/codec.hpp"
#include "net/mqtt/topic.hpp"

namespace quasimodem::net::mqtt {

/// What the broker remembers of a client; of one with a clean session as long as it is connected.
struct Broker::Session {
  /// A message on its way to the client.
  struct UnderWay {
    Publish message;
    bool received = false;  ///< of QoS 2: PUBREC came
  };

  std::string client_id;
  bool kept = false;
  Connection* connection = nullptr;
  std::map<std::string, Qos, std::less<>> subscriptions{};
  std::deque<UnderWay> under_way{};
  std::deque<Publish> queued{};
  std::set<PacketId> received{};  ///< from the client, of QoS 2, between PUBLISH and PUBREL
  PacketId last_id = 0;

  std::deque<UnderWay>::iterator find(PacketId id) {
    return std::find_if(under_way.begin(), under_way.end(), [id](const auto& one) { return one.message.id == id; });
  }
  PacketId next_id() {
    do ++last_id;
    while (last_id == 0 || find(last_id) != under_way.end());
    return last_id;
  }
  /// The best QoS that its subscriptions give a topic, if any does.
  std::optional<Qos> wants(std::string_view topic) const {
    std::optional<Qos> best;
    for (const auto& [filter, qos] : subscriptions) {
      if (matches(filter, topic)) best = std::max(best.value_or(qos), qos);
    }
    return best;
  }
};

class Broker::Connection final : public PeerSession {
 public:
  explicit Connection(Broker& broker) : broker_{broker}, silence_{broker.timeline_} {}
  ~Connection() override {
    end();
    broker_.wake(this);
    broker_.to_wake_.erase(this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() override {
    silence_.start(kConnectTime, [this] { hang_up("it says nothing"); });
  }
  void receive(ByteSpan bytes) override;
  void input_ended() override {
    end();
    broker_.wake(this);
  }
  Bytes take_outgoing() override { return std::exchange(outgoing_, {}); }
  bool wants_input() const override { return outgoing_.size() <= kMostOutgoing; }
  bool over() const override { return over_; }

  template <class What>
  void send(const What& packet) {
    write(outgoing_, packet);
    broker_.to_wake_.insert(this);
  }
  /// What the client's own message of QoS 1 or 2 is answered with.
  template <class What>
  void acknowledge(const What& packet) {
    if (!manners().never_acknowledges) send(packet);
  }
  std::size_t waiting() const { return outgoing_.size(); }
  /// Closes, from the broker's side, outside of a call of whoever carries the bytes.
  void hang_up(std::string_view why) {
    broker_.log_.info("{}: {}", label(), why);
    end();
    broker_.wake(nullptr);
  }
  /// The connection is over; if there was no DISCONNECT the will is published.
  void end();

 private:
  const Manners& manners() const { return broker_.settings_.manners; }
  std::string label() const { return session_ ? session_->client_id : "a client"; }
  void give_up(std::string_view why) {
    broker_.log_.warning("{}: {}", label(), why);
    end();
  }

  void handle(const Packet& packet);
  void handle(const Connect& packet);
  void handle(const Publish& packet);
  void handle(const PubAck& packet);
  void handle(const PubRec& packet);
  void handle(const PubRel& packet);
  void handle(const PubComp& packet);
  void handle(const Subscribe& packet);
  void handle(const Unsubscribe& packet);
  void handle(const PingReq&) { send(PingResp{}); }
  void handle(const Disconnect&) {
    will_.reset();
    end();
  }
  template <class Other>
  void handle(const Other& packet) {
    give_up(fmt::format("{} from a client", name(type_of(Packet{packet}))));
  }

  void refuse(ConnectCode code);
  void answer_connect(const Connect& packet, const std::string& client_id);
  void watch_silence();
  void resend();

  Broker& broker_;
  PacketReader reader_{kMostPacket};
  Bytes outgoing_;
  bool over_ = false;
  std::size_t packets_ = 0;
  std::size_t messages_ = 0;
  SessionPointer session_;
  std::optional<Will> will_;
  Duration longest_silence_{};
  Timer silence_;
};

// --- One connection

void Broker::Connection::receive(ByteSpan bytes) {
  while (!over_) {
    const auto packet = reader_.take(bytes);
    if (!packet) {
      give_up(packet.error().what);
      break;
    }
    if (!*packet) break;
    handle(**packet);
  }
  broker_.wake(this);
}

void Broker::Connection::handle(const Packet& packet) {
  ++packets_;
  const auto type = type_of(packet);
  if ((type == PacketType::connect) != (session_ == nullptr)) {
    give_up(fmt::format("{} {}", name(type), session_ ? "a second time" : "before CONNECT"));
    return;
  }
  if (longest_silence_ > Duration{}) watch_silence();
  if (!broker_.ignores(type)) std::visit([this](const auto& one) { handle(one); }, packet);
  if (type == PacketType::publish) ++messages_;
  const bool enough = packets_ == manners().hangs_up_after || messages_ == manners().hangs_up_after_messages;
  if (!over_ && enough) give_up("hung up, as it was told to");
}

void Broker::Connection::handle(const Connect& packet) {
  silence_.cancel();
  if (!known(packet.version)) return refuse(ConnectCode::version_refused);
  reader_.speak(packet.version);
  const auto& told = manners().connect_code;
  if (told && *told != ConnectCode::accepted) return refuse(*told);
  if (!broker_.admits(packet)) return refuse(ConnectCode::bad_user_or_password);
  if (!packet.client_id.empty()) return answer_connect(packet, packet.client_id);
  // 3.1.1 3.1.3.1: who has no name gets one, and cannot be known again.
  if (packet.version == Version::v3_1 || !packet.clean_session) return refuse(ConnectCode::identifier_refused);
  answer_connect(packet, fmt::format("nameless-{}", ++broker_.names_given_));
}

void Broker::Connection::refuse(ConnectCode code) {
  send(ConnAck{.session_present = false, .code = code});
  give_up(fmt::format("refused with {}", static_cast<int>(code)));
}

void Broker::Connection::answer_connect(const Connect& packet, const std::string& client_id) {
  auto [session, was_there] = broker_.enter(packet, client_id, *this);
  if (!session) return refuse(ConnectCode::server_unavailable);
  session_ = std::move(session);
  will_ = packet.will;
  longest_silence_ = Duration{std::chrono::seconds{packet.keep_alive_s}} * 3 / 2;  // 3.1.1 3.1.2.10
  if (longest_silence_ > Duration{}) watch_silence();
  broker_.log_.info("{}: connected, {} session", client_id, session_->kept ? "kept" : "clean");
  send(ConnAck{.session_present = was_there && packet.version != Version::v3_1, .code = ConnectCode::accepted});
  resend();
  broker_.fill(*session_);
}

void Broker::Connection::watch_silence() {
  silence_.start(longest_silence_, [this] { hang_up("nothing came for one and a half times its keep-alive time"); });
}

void Broker::Connection::resend() {
  for (auto& one : session_->under_way) {
    if (one.received) {
      send(PubRel{one.message.id, false});
    } else {
      one.message.dup = true;
      send(one.message);
    }
  }
}

void Broker::Connection::end() {
  if (std::exchange(over_, true)) return;
  broker_.to_wake_.insert(this);
  silence_.cancel();
  if (!session_) return;
  session_->connection = nullptr;
  broker_.leave(std::exchange(session_, nullptr));
  const auto will = std::exchange(will_, std::nullopt);
  if (will) broker_.route({.topic = will->topic, .payload = will->message, .qos = will->qos, .retain = will->retain});
}

void Broker::Connection::handle(const Publish& packet) {
  switch (packet.qos) {
    case Qos::at_most_once: break;
    case Qos::at_least_once: acknowledge(PubAck{packet.id}); break;
    case Qos::exactly_once:
      acknowledge(PubRec{packet.id});
      if (!session_->received.insert(packet.id).second) return;  // it was routed when it came first
      break;
  }
  broker_.route(packet);
}

void Broker::Connection::handle(const PubAck& packet) {
  const auto one = session_->find(packet.id);
  if (one == session_->under_way.end()) return;
  session_->under_way.erase(one);
  broker_.fill(*session_);
}

void Broker::Connection::handle(const PubRec& packet) {
  const auto one = session_->find(packet.id);
  if (one != session_->under_way.end()) one->received = true;
  send(PubRel{packet.id, false});
}

void Broker::Connection::handle(const PubRel& packet) {
  session_->received.erase(packet.id);
  acknowledge(PubComp{packet.id});
}

void Broker::Connection::handle(const PubComp& packet) { handle(PubAck{packet.id}); }

void Broker::Connection::handle(const Subscribe& packet) {
  SubAck answer{.id = packet.id, .granted = {}};
  for (const auto& [filter, qos] : packet.subscriptions) {
    auto& subscriptions = session_->subscriptions;
    const bool full = subscriptions.size() == kMostSubscriptions && !subscriptions.contains(filter);
    const bool refused = full || manners().refuses_subscriptions;
    if (!refused) subscriptions[filter] = qos;
    answer.granted.push_back(refused ? kSubscriptionRefused : static_cast<std::uint8_t>(qos));
  }
  send(answer);
  for (std::size_t i = 0; i < answer.granted.size(); ++i) {
    if (answer.granted[i] != kSubscriptionRefused) broker_.send_retained(*session_, packet.subscriptions[i]);
  }
}

void Broker::Connection::handle(const Unsubscribe& packet) {
  for (const auto& filter : packet.filters) session_->subscriptions.erase(filter);
  send(UnsubAck{packet.id});
}

// --- The broker

Broker::Broker(Timeline& timeline, Settings settings, Logger log)
    : timeline_{timeline}, settings_{std::move(settings)}, log_{std::move(log)} {}

Broker::~Broker() = default;

std::unique_ptr<PeerSession> Broker::accept() { return std::make_unique<Connection>(*this); }

void Broker::publish(const Publish& message) {
  route(message);
  wake(nullptr);
}

bool Broker::close(std::string_view client_id) {
  const auto found = sessions_.find(client_id);
  if (found == sessions_.end() || !found->second->connection) return false;
  found->second->connection->hang_up("closed");
  return true;
}

std::vector<std::string> Broker::clients() const {
  std::vector<std::string> names;
  for (const auto& [client_id, session] : sessions_) {
    if (session->connection) names.push_back(client_id);
  }
  return names;
}

bool Broker::admits(const Connect& packet) const {
  if (settings_.users.empty()) return true;
  if (!packet.user || !packet.password) return false;
  const auto user = settings_.users.find(*packet.user);
  return user != settings_.users.end() && user->second == as_text(*packet.password);
}

bool Broker::ignores(PacketType type) {
  const auto ignored = settings_.manners.ignored.find(type);
  if (ignored == settings_.manners.ignored.end() || ignored->second == 0) return false;
  if (ignored->second != kAlways) --ignored->second;
  return true;
}

std::pair<Broker::SessionPointer, bool> Broker::enter(const Connect& packet, const std::string& client_id,
                                                      Connection& connection) {
  if (auto taken = sessions_.find(client_id); taken != sessions_.end() && taken->second->connection) {
    log_.info("{}: another connection takes over", client_id);
    taken->second->connection->end();  // a clean session is forgotten with it
  }
  if (packet.clean_session) sessions_.erase(client_id);
  auto found = sessions_.find(client_id);
  const bool was_there = found != sessions_.end();
  if (!was_there) {
    if (sessions_.size() == kMostSessions) return {nullptr, false};
    found = sessions_.emplace(client_id, std::make_shared<Session>(Session{.client_id = client_id})).first;
  }
  found->second->kept = !packet.clean_session;
  found->second->connection = &connection;
  return {found->second, was_there};
}

void Broker::leave(const SessionPointer& session) {
  const auto found = sessions_.find(session->client_id);
  if (!session->kept && found != sessions_.end() && found->second == session) sessions_.erase(found);
}

void Broker::route(const Publish& message) {
  if (on_published) on_published(message);
  if (message.retain) retain(message);
  for (const auto& [client_id, session] : sessions_) {
    const auto wanted = session->wants(message.topic);
    if (!wanted) continue;
    deliver(
        *session,
        {.topic = message.topic, .payload = message.payload, .qos = std::min(*wanted, message.qos), .retain = false});
  }
}

void Broker::retain(const Publish& message) {
  if (message.payload.empty()) {
    retained_.erase(message.topic);
  } else if (retained_.size() < kMostRetained || retained_.contains(message.topic)) {
    retained_.insert_or_assign(message.topic, message);
  } else {
    log_.warning("{} is not retained: {} other topics are", message.topic, kMostRetained);
  }
}

void Broker::send_retained(Session& session, const Subscription& subscription) {
  for (const auto& [topic, message] : retained_) {
    if (!matches(subscription.filter, topic)) continue;
    deliver(
        session,
        {.topic = topic, .payload = message.payload, .qos = std::min(subscription.qos, message.qos), .retain = true});
  }
}

void Broker::deliver(Session& session, Publish message) {
  if (message.qos == Qos::at_most_once) {
    if (!session.connection) return;  // 3.1.1 3.1.2.4: those of QoS 0 need not be kept
    if (session.connection->waiting() > kMostOutgoing) {
      log_.warning("{}: a message on {} is dropped, it does not read", session.client_id, message.topic);
      return;
    }
    session.connection->send(message);
    return;
  }
  if (session.queued.size() == kMostQueued) {
    log_.warning("{}: a message on {} is dropped, {} others wait", session.client_id, message.topic, kMostQueued);
    return;
  }
  session.queued.push_back(std::move(message));
  fill(session);
}

/// Sends what waits in the queue, as far as the client may have more.
void Broker::fill(Session& session) {
  if (!session.connection) return;
  while (!session.queued.empty() && session.under_way.size() < kMostUnanswered) {
    auto message = std::move(session.queued.front());
    session.queued.pop_front();
    message.id = session.next_id();
    session.connection->send(message);
    session.under_way.push_back({.message = std::move(message)});
  }
}

void Broker::wake(const Connection* except) {
  while (!to_wake_.empty()) {
    auto* const connection = *to_wake_.begin();
    to_wake_.erase(to_wake_.begin());
    if (connection != except && connection->on_outgoing) connection->on_outgoing();
  }
}

}  // namespace quasimodem::net::mqtt
