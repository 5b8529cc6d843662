// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "net/mqtt/broker.hpp"
#include "net/mqtt/client.hpp"

// What the tests of the MQTT client share: its events as text, and a wire to a broker.
namespace quasimodem::net::mqtt {

inline std::string name_of(Request request) {
  switch (request) {
    case Request::connect: return "connect";
    case Request::publish: return "publish";
    case Request::subscribe: return "subscribe";
    case Request::unsubscribe: return "unsubscribe";
  }
  return "?";
}

inline std::string name_of(Ending why) {
  switch (why) {
    case Ending::peer_closed: return "peer_closed";
    case Ending::ping_unanswered: return "ping_unanswered";
    case Ending::connect_unsent: return "connect_unsent";
    case Ending::connect_unanswered: return "connect_unanswered";
    case Ending::refusal_kept_open: return "refusal_kept_open";
    case Ending::send_failed: return "send_failed";
    case Ending::violation: return "violation";
  }
  return "?";
}

/// Events as words: `connected`, `published 3`, `message 1 a/b on`.
struct EventText {
  std::string operator()(const ConnectAnswered& event) const {
    if (event.code != ConnectCode::accepted) return fmt::format("refused {}", static_cast<int>(event.code));
    return event.session_present ? "connected again" : "connected";
  }
  std::string operator()(const Published& event) const { return fmt::format("published {}", event.id); }
  std::string operator()(const Subscribed& event) const {
    auto text = fmt::format("subscribed {}:", event.id);
    for (const auto granted : event.granted) text += fmt::format(" {}", granted);
    return text;
  }
  std::string operator()(const Unsubscribed& event) const { return fmt::format("unsubscribed {}", event.id); }
  std::string operator()(const Retransmitted& event) const {
    return fmt::format("{} {} again: {}", name_of(event.request), event.id, event.count);
  }
  std::string operator()(const Failed& event) const {
    return fmt::format("{} {} failed", name_of(event.request), event.id);
  }
  std::string operator()(const Message& event) const {
    const auto& publish = event.publish;
    return fmt::format("message {} {} {}{}", publish.id, publish.topic, to_text(publish.payload),
                       publish.retain ? " retained" : "");
  }
  std::string operator()(const Ended& event) const { return fmt::format("{}: {}", name_of(event.why), event.text); }
};

using Events = std::vector<std::string>;

inline Connect as_client(std::string id) {
  return {.client_id = std::move(id), .will = {}, .user = {}, .password = {}};
}
inline Connect as_kept(std::string id) {
  auto connect = as_client(std::move(id));
  connect.clean_session = false;
  return connect;
}
inline Publish message(std::string topic, std::string_view payload, Qos qos = Qos::at_most_once, PacketId id = 0) {
  return {.topic = std::move(topic), .payload = to_bytes(payload), .qos = qos, .id = id};
}

/// A client and what it says of itself.
struct Told {
  explicit Told(Timeline& timeline)
      : client{timeline,
               {.on_event = [this](const ClientEvent& event) { note(event); }, .on_outgoing = [this] { ++woken; }}} {}

  void note(const ClientEvent& event) { events.push_back(std::visit(EventText{}, event)); }
  /// What happened since this was asked last.
  Events happened() { return std::exchange(events, {}); }
  /// What it wants to send, taken.
  Bytes takes() {
    const Bytes bytes(client.outgoing().begin(), client.outgoing().end());
    client.sent(bytes.size());
    return bytes;
  }

  Events events;
  int woken = 0;
  Client client;
};

/// A client at a broker, on a wire that cuts all bytes into pieces.
class Wired : public Told {
 public:
  Wired(Timeline& timeline, Broker& broker, std::size_t piece = 1000)
      : Told{timeline}, broker_{broker}, piece_{piece} {}

  /// Plugs in, and says CONNECT.
  void connect(const Connect& packet, const Patience& patience = {}) {
    plug();
    client.connect(packet, patience);
    pump();
  }
  void plug() {
    peer_ = broker_.accept();
    peer_->on_outgoing = [this] { ++broker_spoke; };
    peer_->start();
  }
  /// The wire is cut: both ends hear of it.
  void cut() {
    peer_->input_ended();
    peer_.reset();
    client.input_ended();
  }
  /// The client leaves.
  void leave() {
    client.disconnect();
    pump();  // and the broker closes
  }
  bool plugged() const { return peer_ != nullptr; }

  /// Carries bytes until neither has any.
  void pump() {
    for (bool moved = true; peer_ && moved;) {
      moved = carry_up();
      moved = carry_down() || moved;
    }
    if (!peer_ || !peer_->over()) return;
    peer_.reset();
    if (client.state() != Client::State::closed) client.input_ended();
  }

  int broker_spoke = 0;

 private:
  bool carry_up() {
    const auto bytes = takes();
    in_pieces(bytes, [this](ByteSpan part) { peer_->receive(part); });
    return !bytes.empty();
  }
  bool carry_down() {
    const auto bytes = peer_->take_outgoing();
    in_pieces(bytes, [this](ByteSpan part) { client.receive(part); });
    return !bytes.empty();
  }
  template <class Give>
  void in_pieces(ByteSpan bytes, const Give& give) const {
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece_, bytes.size())))
      give(bytes.first(std::min(piece_, bytes.size())));
  }

  Broker& broker_;
  std::size_t piece_;
  std::unique_ptr<PeerSession> peer_;
};

}  // namespace quasimodem::net::mqtt
