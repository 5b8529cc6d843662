// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/mqtt.hpp"

#include <algorithm>
#include <deque>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "emulator/device/events.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tls_record.hpp"
#include "net/endpoint.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {
namespace {

using net::mqtt::Client;
using net::mqtt::Ending;
using net::mqtt::Publish;
using net::mqtt::Request;

constexpr Duration kOpenTimeout = 75s;        // what hosts wait for +QMTOPEN (services.md 5.1)
constexpr std::size_t kReceiveBuffer = 2048;  // of what the broker sends
// The client is given so few bytes at a time that the messages among them are few.
constexpr std::size_t kPiece = 64;
// While so much waits for the TE, nothing more is read from the broker. PINGRESP is behind it as well.
constexpr std::size_t kMostWithTe = 1024;

MqttCommand command_of(Request request) {
  switch (request) {
    case Request::connect: return MqttCommand::connect;
    case Request::publish: return MqttCommand::publish;
    case Request::subscribe: return MqttCommand::subscribe;
    case Request::unsubscribe: return MqttCommand::unsubscribe;
  }
  return MqttCommand::connect;
}

std::string_view word_of(Client::Taken taken) {
  switch (taken) {
    case Client::Taken::yes: return "it is taken";
    case Client::Taken::not_connected: return "there is no connection to a broker";
    case Client::Taken::id_in_use: return "an earlier request with this identifier has no answer yet";
    case Client::Taken::full: return "too much waits for an answer or for the network";
    case Client::Taken::too_long: return "topic or payload is too long";
  }
  return {};
}

/// Digits and dots, and yet no address.
bool is_broken_address(std::string_view host) { return net::IpAddress::is_meant(host) && !net::IpAddress::parse(host); }

}  // namespace

/// One client and its connection.
class Mqtt::Slot final : private Tenant {
 public:
  Slot(Mqtt& room, int number)
      : room_{room},
        number_{number},
        saying_{room.surroundings_.timeline},
        pulling_{room.surroundings_.timeline},
        leaving_{room.surroundings_.timeline} {}
  ~Slot() { forget(); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  MqttSettings settings;
  State state() const { return state_; }
  const MqttBroker& broker() const { return broker_; }

  void open(PdpContext& context, const MqttBroker& broker);
  bool close();
  bool connect(const MqttIdentity& identity);
  bool disconnect();
  bool subscribe(const net::mqtt::Subscribe& request);
  bool unsubscribe(const net::mqtt::Unsubscribe& request);
  bool publish(const Publish& message);
  /// Everything ends without a word.
  void forget();

 private:
  void up(bool succeeded);
  void opened(Stream::Outcome outcome);
  void fail_opening(MqttOpening result, std::string_view why);
  void push();
  void pull();
  void peer_ended();
  void left(bool said);
  void drop();
  void evicted() override;

  void make_client();
  bool started(Client::Taken taken, std::string_view what);
  void deliver(Publish message);
  void given(std::size_t size);
  void refuse_in_its_place(int code);
  void end(MqttEnding why, std::string_view text);

  void happened(const net::mqtt::ConnectAnswered& event);
  void happened(const net::mqtt::Published& event) { answered(MqttCommand::publish, event.id); }
  void happened(const net::mqtt::Subscribed& event) {
    answered(MqttCommand::subscribe, event.id, {event.granted.begin(), event.granted.end()});
  }
  void happened(const net::mqtt::Unsubscribed& event) { answered(MqttCommand::unsubscribe, event.id); }
  void happened(const net::mqtt::Retransmitted& event);
  void happened(const net::mqtt::Failed& event);
  void happened(net::mqtt::Message& event) { deliver(std::move(event.publish)); }
  void happened(const net::mqtt::Ended& event);

  void answered(MqttCommand command, std::optional<int> id, std::vector<int> values = {}) {
    result(command, static_cast<int>(MqttOutcome::answered), id, std::move(values));
  }
  void result(MqttCommand command, int result, std::optional<int> id = {}, std::vector<int> values = {});
  /// After the answer of the command that caused it.
  void say(Event event);
  void say_now();
  void note(std::initializer_list<Field> fields) const { room_.surroundings_.journal.write(RecordKind::mqtt, fields); }
  void explain(std::string_view why);

  Mqtt& room_;
  int number_;
  State state_ = State::closed;
  MqttBroker broker_;
  PdpContext* context_ = nullptr;
  std::unique_ptr<Stream> stream_;
  bool link_ended_ = false;
  std::unique_ptr<Client> client_;  ///< without a connection: what a kept session remembers
  bool kept_ = false;
  std::optional<int> refusal_;  ///< a fault
  std::deque<Event> to_say_;
  std::size_t with_te_ = 0;  ///< bytes of messages that the TE has not been given yet
  Timer saying_;
  Timer pulling_;
  Timer leaving_;
  std::shared_ptr<Slot*> self_ = std::make_shared<Slot*>(this);
};

// ---- the connection ----

void Mqtt::Slot::open(PdpContext& context, const MqttBroker& broker) {
  if (state_ != State::closed) return result(MqttCommand::open, static_cast<int>(MqttOpening::occupied));
  if (client_ && broker != broker_) client_.reset();  // its session was another broker's
  room_.failure_.clear();
  state_ = State::opening;
  broker_ = broker;
  context_ = &context;
  link_ended_ = false;
  note({{"event", "opening"},
        {"client", number_},
        {"context", context.id()},
        {"host", broker.host},
        {"port", broker.port},
        {"secure", settings.secure}});
  context.enter(*this);
  context.when_up([this](bool succeeded) { up(succeeded); });
}

void Mqtt::Slot::up(bool succeeded) {
  if (state_ != State::opening || stream_) return;
  if (!succeeded) return fail_opening(MqttOpening::no_context, "the context could not be activated");
  if (is_broken_address(broker_.host)) return fail_opening(MqttOpening::wrong_parameter, "its host is no address");
  auto stream = context_->make_stream(
      "mqtt", {.host = broker_.host, .port = broker_.port, .timeout = kOpenTimeout, .receive_buffer = kReceiveBuffer},
      {.opened = [this](Stream::Outcome outcome) { opened(outcome); },
       .arrived = [this] { pull(); },
       .packet = {},
       .ended =
           [this] {
             link_ended_ = true;
             pull();
           },
       .writable =
           [this] {
             push();
             pull();
           }},
      settings.secure ? std::optional{settings.ssl_context} : std::nullopt);
  if (!stream) {
    return fail_opening(MqttOpening::failed, fmt::format("SSL context {}: {}", settings.ssl_context, stream.error()));
  }
  stream_ = std::move(*stream);
  stream_->open();
}

void Mqtt::Slot::opened(Stream::Outcome outcome) {
  if (const auto* tls = stream_->session())
    note_handshake(room_.surroundings_.journal, *tls, context_->id(), {"service", "mqtt"});
  if (outcome == Stream::Outcome::connected) {
    state_ = State::open;
    if (!client_) make_client();
    note({{"event", "opened"}, {"client", number_}});
    return result(MqttCommand::open, static_cast<int>(MqttOpening::done));
  }
  const auto& failure = stream_->failure();
  const auto why = why_failed(*stream_);
  const bool no_way = failure.error == net::NetError::unreachable || failure.error == net::NetError::no_bearer;
  const auto number = no_way                                             ? MqttOpening::no_network
                      : failure.step == Stream::Failure::Step::resolving ? MqttOpening::no_name
                                                                         : MqttOpening::failed;
  fail_opening(number, why.empty() ? "the connection failed" : why);
}

void Mqtt::Slot::fail_opening(MqttOpening result_of_it, std::string_view why) {
  explain(why);
  note({{"event", "failed"}, {"client", number_}, {"reason", why}});
  drop();
  result(MqttCommand::open, static_cast<int>(result_of_it));
}

/// What the client has to say, as far as the link takes it.
void Mqtt::Slot::push() {
  while (stream_ && client_ && !client_->outgoing().empty()) {
    const auto sent = stream_->send_some(client_->outgoing());
    if (sent == 0) return;
    client_->sent(sent);
  }
  if (leaving_.running()) left(true);
}

void Mqtt::Slot::pull() {
  while (stream_ && client_ && with_te_ < kMostWithTe && client_->wants_input() && stream_->available() > 0) {
    client_->receive(stream_->receive(kPiece));
    push();
  }
  if (stream_ && link_ended_ && stream_->available() == 0) peer_ended();
}

void Mqtt::Slot::peer_ended() {
  const auto reason = stream_->reason();
  const auto& error = stream_->failure().error;
  auto why = !error || error == net::NetError::reset ? MqttEnding::closed : MqttEnding::link_dead;
  if (leaving_.running()) {
    left(false);
    why = MqttEnding::closed_while_leaving;
  }
  end(why, reason.empty() ? "the broker closed the connection" : reason);
}

/// The link is gone, or goes now.
void Mqtt::Slot::drop() {
  state_ = State::closed;
  leaving_.cancel();
  pulling_.cancel();
  refusal_.reset();
  if (auto* context = std::exchange(context_, nullptr)) context->leave(*this);
  if (stream_) stream_->close();
  stream_.reset();
  if (!kept_) saying_.start({}, [this] { say_now(); });  // the client may be the caller: it goes later
}

/// A connection that the TE did not end is over.
void Mqtt::Slot::end(MqttEnding why, std::string_view text) {
  explain(text);
  note({{"event", "ended"}, {"client", number_}, {"error", static_cast<int>(why)}, {"reason", text}});
  if (client_) client_->cut();
  drop();
  say(MqttEnded{number_, why});
}

void Mqtt::Slot::evicted() {
  constexpr std::string_view kWhy = "the context ended";
  if (state_ == State::opening) {
    fail_opening(MqttOpening::no_network, kWhy);
  } else {
    if (leaving_.running()) left(false);
    if (state_ != State::closed) end(MqttEnding::closed, kWhy);
  }
  say_now();
}

bool Mqtt::Slot::close() {
  if (state_ == State::closed || state_ == State::opening || state_ == State::leaving) return false;
  note({{"event", "closed"}, {"client", number_}});
  client_->cut();
  drop();
  result(MqttCommand::close, 0);
  return true;
}

void Mqtt::Slot::forget() {
  kept_ = false;
  drop();
  to_say_.clear();
  saying_.cancel();
  pulling_.cancel();
  client_.reset();
  settings = {};
}

// ---- MQTT ----

void Mqtt::Slot::make_client() {
  client_ = std::make_unique<Client>(
      room_.surroundings_.timeline,
      Client::Callbacks{
          .on_event = [this](net::mqtt::ClientEvent event) { std::visit([this](auto& one) { happened(one); }, event); },
          .on_outgoing = [this] { push(); },
          .loses = [this](std::string_view topic) { return room_.on_drop && room_.on_drop(topic); }});
}

bool Mqtt::Slot::connect(const MqttIdentity& identity) {
  if (state_ != State::open) return false;
  net::mqtt::Connect packet{.version = settings.version,
                            .client_id = identity.client_id,
                            .clean_session = settings.clean_session,
                            .keep_alive_s = static_cast<std::uint16_t>(settings.keep_alive_s),
                            .will = settings.will,
                            .user = identity.user,
                            .password = {}};
  if (identity.password) packet.password = to_bytes(*identity.password);
  note({{"event", "connect"},
        {"client", number_},
        {"id", identity.client_id},
        {"version", settings.version == net::mqtt::Version::v3_1 ? "3.1" : "3.1.1"},
        {"clean", settings.clean_session}});
  state_ = State::connecting;
  kept_ = !settings.clean_session;
  refusal_ = room_.on_refuse ? room_.on_refuse(identity.client_id) : std::nullopt;
  client_->connect(packet,
                   {.packet_time = settings.packet_time_s * 1s, .retries = static_cast<unsigned>(settings.retries)});
  push();
  return true;
}

bool Mqtt::Slot::disconnect() {
  if (state_ != State::connected) return false;
  state_ = State::leaving;
  client_->disconnect();
  leaving_.start(settings.packet_time_s * 1s, [this] { left(false); });
  push();
  return true;
}

/// DISCONNECT went out, or could not.
void Mqtt::Slot::left(bool said) {
  leaving_.cancel();
  if (!said) explain("DISCONNECT could not be sent");
  note({{"event", said ? "disconnected" : "failed"}, {"client", number_}});
  drop();
  result(MqttCommand::disconnect, said ? 0 : -1);
}

bool Mqtt::Slot::started(Client::Taken taken, std::string_view what) {
  if (taken == Client::Taken::yes) {
    push();
    return true;
  }
  room_.surroundings_.log.warning("client {}: {}: {}", number_, what, word_of(taken));
  return false;
}

bool Mqtt::Slot::subscribe(const net::mqtt::Subscribe& request) {
  if (state_ != State::connected || !started(client_->subscribe(request), "AT+QMTSUB")) return false;
  for (const auto& one : request.subscriptions) {
    note({{"event", "subscribe"},
          {"client", number_},
          {"id", request.id},
          {"topic", one.filter},
          {"qos", static_cast<int>(one.qos)}});
  }
  return true;
}

bool Mqtt::Slot::unsubscribe(const net::mqtt::Unsubscribe& request) {
  if (state_ != State::connected || !started(client_->unsubscribe(request), "AT+QMTUNS")) return false;
  for (const auto& one : request.filters)
    note({{"event", "unsubscribe"}, {"client", number_}, {"id", request.id}, {"topic", one}});
  return true;
}

bool Mqtt::Slot::publish(const Publish& message) {
  if (state_ != State::connected || !started(client_->publish(message), "AT+QMTPUB")) return false;
  note({{"event", "publish"},
        {"client", number_},
        {"id", message.id},
        {"topic", message.topic},
        {"qos", static_cast<int>(message.qos)},
        {"retain", message.retain},
        {"size", message.payload.size()}});
  if (message.qos == net::mqtt::Qos::at_most_once) answered(MqttCommand::publish, 0);
  return true;
}

/// The message is the TE's when nobody holds on to it any more: it was written, or the terminal is gone.
void Mqtt::Slot::deliver(Publish message) {
  note({{"event", "received"},
        {"client", number_},
        {"id", message.id},
        {"topic", message.topic},
        {"qos", static_cast<int>(message.qos)},
        {"size", message.payload.size()}});
  const auto size = sizeof message + message.topic.size() + message.payload.size();
  with_te_ += size;
  const auto give_back = [self = std::weak_ptr{self_}, size](const Publish* given) {
    delete given;
    if (const auto slot = self.lock()) (*slot)->given(size);
  };
  say(MqttReceived{number_, {new Publish{std::move(message)}, give_back}});
}

void Mqtt::Slot::given(std::size_t size) {
  with_te_ -= size;
  if (stream_ && !pulling_.running()) pulling_.start({}, [this] { pull(); });
}

void Mqtt::Slot::happened(const net::mqtt::ConnectAnswered& event) {
  const auto code = refusal_.value_or(static_cast<int>(event.code));
  note({{"event", code == 0 ? "connected" : "refused"}, {"client", number_}, {"code", code}});
  answered(MqttCommand::connect, std::nullopt, {code});
  if (code == 0) {
    state_ = State::connected;
    return;
  }
  state_ = State::refused;
  explain(fmt::format("the broker refused the client with {}", code));
  if (refusal_) end(MqttEnding::closed, "the broker closed the connection");  // as one does that refuses
}

void Mqtt::Slot::happened(const net::mqtt::Retransmitted& event) {
  if (!settings.notice) return;
  result(command_of(event.request), static_cast<int>(MqttOutcome::sent_again), event.id,
         {static_cast<int>(event.count)});
}

void Mqtt::Slot::happened(const net::mqtt::Failed& event) {
  const auto id = event.request == Request::connect ? std::nullopt : std::optional<int>{event.id};
  result(command_of(event.request), static_cast<int>(MqttOutcome::failed), id);
}

void Mqtt::Slot::happened(const net::mqtt::Ended& event) {
  switch (event.why) {
    case Ending::peer_closed: return;  // that is for `peer_ended`
    case Ending::ping_unanswered: return end(MqttEnding::ping_unanswered, event.text);
    case Ending::connect_unsent: return end(MqttEnding::connect_failed, event.text);
    case Ending::connect_unanswered:
    case Ending::refusal_kept_open: return end(MqttEnding::connack_failed, event.text);
    case Ending::send_failed: return end(MqttEnding::send_failed, event.text);
    case Ending::violation: return end(MqttEnding::link_dead, event.text);
  }
}

// ---- what is told ----

void Mqtt::Slot::result(MqttCommand command, int result, std::optional<int> id, std::vector<int> values) {
  say(MqttResult{command, number_, id, result, std::move(values)});
}

void Mqtt::Slot::say(Event event) {
  to_say_.push_back(std::move(event));
  if (!saying_.running()) saying_.start({}, [this] { say_now(); });
}

void Mqtt::Slot::say_now() {
  while (!to_say_.empty()) {
    const auto event = std::move(to_say_.front());
    to_say_.pop_front();
    room_.surroundings_.events.on_event(event);
  }
  if (state_ == State::closed && !kept_ && !saying_.running()) client_.reset();
}

void Mqtt::Slot::explain(std::string_view why) {
  room_.failure_ = fmt::format("{}:{}: {}", broker_.host, broker_.port, why);
  room_.surroundings_.log.warning("client {}: {}", number_, room_.failure_);
}

// ---- the room ----

std::string_view name_of(Mqtt::State state) {
  constexpr std::string_view kNames[] = {"closed", "opening", "open", "connecting", "connected", "refused", "leaving"};
  return kNames[static_cast<std::size_t>(state)];
}

Mqtt::Mqtt(Surroundings surroundings) : surroundings_{std::move(surroundings)} {
  for (int client = 0; client < kMqttClients; ++client)
    slots_[static_cast<std::size_t>(client)] = std::make_unique<Slot>(*this, client);
}
Mqtt::~Mqtt() = default;

MqttSettings& Mqtt::settings(int client) { return slot(client).settings; }
void Mqtt::restore(int client, MqttSettings settings) {
  slot(client).forget();
  slot(client).settings = std::move(settings);
}
Mqtt::State Mqtt::state(int client) const { return slot(client).state(); }
const MqttBroker& Mqtt::broker(int client) const { return slot(client).broker(); }
void Mqtt::open(int client, PdpContext& context, const MqttBroker& broker) { slot(client).open(context, broker); }
bool Mqtt::close(int client) { return slot(client).close(); }
bool Mqtt::connect(int client, const MqttIdentity& identity) { return slot(client).connect(identity); }
bool Mqtt::disconnect(int client) { return slot(client).disconnect(); }
bool Mqtt::subscribe(int client, const net::mqtt::Subscribe& request) { return slot(client).subscribe(request); }
bool Mqtt::unsubscribe(int client, const net::mqtt::Unsubscribe& request) { return slot(client).unsubscribe(request); }
bool Mqtt::publish(int client, const net::mqtt::Publish& message) { return slot(client).publish(message); }

void Mqtt::power_off() {
  for (const auto& each : slots_) each->forget();
  failure_.clear();
}

}  // namespace quasimodem::device
