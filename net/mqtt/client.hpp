// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/bytes.hpp"
#include "core/timeline.hpp"
#include "net/mqtt/codec.hpp"
#include "net/mqtt/packets.hpp"

namespace quasimodem::net::mqtt {

/// What a client asks of its broker, and waits for an answer to.
enum class Request { connect, publish, subscribe, unsubscribe };

/// The broker has answered CONNECT. With a code other than 0 it is to close; until then the client waits for that.
struct ConnectAnswered {
  ConnectCode code = ConnectCode::accepted;
  bool session_present = false;
  bool operator==(const ConnectAnswered&) const = default;
};
/// A PUBLISH of QoS 1 or 2 is through. One of QoS 0 is when it was taken, and has no event.
struct Published {
  PacketId id = 0;
  bool operator==(const Published&) const = default;
};
struct Subscribed {
  PacketId id = 0;
  std::vector<std::uint8_t> granted;  ///< as in SubAck
  bool operator==(const Subscribed&) const = default;
};
struct Unsubscribed {
  PacketId id = 0;
  bool operator==(const Unsubscribed&) const = default;
};
/// There was no answer in time, and the packet was sent again, for the `count`th time.
struct Retransmitted {
  Request request{};
  PacketId id = 0;
  unsigned count = 0;
  bool operator==(const Retransmitted&) const = default;
};
/// There will be no answer: the last of the retransmissions had none either, or the connection ended. Of CONNECT `id`
/// is 0.
struct Failed {
  Request request{};
  PacketId id = 0;
  bool operator==(const Failed&) const = default;
};
/// A message for the client, of QoS 2 exactly once.
struct Message {
  Publish publish;
  bool operator==(const Message&) const = default;
};

enum class Ending {
  peer_closed,         ///< the transport ended; its owner knows how
  ping_unanswered,     ///< no PINGRESP
  connect_unsent,      ///< the transport did not take CONNECT
  connect_unanswered,  ///< no CONNACK
  refusal_kept_open,   ///< CONNACK refused, and the broker did not close
  send_failed,         ///< the transport took nothing for as long as a packet was sent again
  violation,           ///< the peer broke the protocol
};
/// The connection is over, and its owner ends the transport. The last event of a connection; none comes when the owner
/// itself ended it.
struct Ended {
  Ending why{};
  std::string text;  ///< one sentence for a log line
  bool operator==(const Ended&) const = default;
};

using ClientEvent =
    std::variant<ConnectAnswered, Published, Subscribed, Unsubscribed, Retransmitted, Failed, Message, Ended>;

/// How long the client waits for an answer, and how often it then sends the packet again.
///
/// ASSUMED: CONNECT and PINGREQ are not sent again (a second CONNECT would break the protocol, 3.1.1 3.1.0-2); their
/// answers may take as long as those of a packet with all its retransmissions.
struct Patience {
  Duration packet_time = 5s;
  unsigned retries = 3;

  Duration answer_time() const { return packet_time * (retries + 1); }
};

/// A client of one broker: bytes in, bytes out. No socket; the time is that of a Timeline.
///
///   receive(bytes) ──▶ [client] ──▶ on_event
///   publish(…) …   ──▶ [client] ──▶ outgoing(), sent(n)
///
/// It outlives its connections: what a kept session (`clean_session` false) must remember is in it, and goes on with
/// the next `connect` as the same client. After each call that may move it on, and when `on_outgoing` says so, give
/// `outgoing` to the transport.
///
/// What it holds is bounded (kMost…), less than 14 KB in all, for an owner that heeds `wants_input`.
class Client {
 public:
  // ASSUMED: what a module has room for. Where a source names a number (payload and topic of AT+QMTPUB,
  // services.md 5.4) it is that. A PUBLISH that is announced as larger than kMostIncoming ends the connection at once:
  // it cannot be received, and skipping it would answer for a message that nobody got.
  static constexpr std::size_t kMostPayload = 1460;   ///< of a message that is published
  static constexpr std::size_t kMostTopic = 255;      ///< the same
  static constexpr std::size_t kMostIncoming = 2048;  ///< bytes of a packet from the broker, behind its fixed header
  static constexpr std::size_t kMostOutgoing = 1024;  ///< waiting for the transport; more is not begun
  static constexpr std::size_t kMostInFlight = 3600;  ///< of packets that wait for an answer
  static constexpr std::size_t kMostRequests = 16;    ///< the same, counted
  static constexpr std::size_t kMostHeld = 2560;      ///< of messages that wait for their PUBREL
  static constexpr std::size_t kMostReceived = 64;    ///< identifiers that do

  /// Come from inside a call or from the Timeline. They may call the client; they must not destroy it.
  struct Callbacks {
    std::function<void(ClientEvent)> on_event;
    std::function<void()> on_outgoing;  ///< there is something to send, and the Timeline is why
    /// Whether a PUBLISH gets lost on its way to the broker, each time it is sent; none: no.
    std::function<bool(std::string_view topic)> loses{};
  };

  enum class State { closed, connecting, connected, refused };

  /// What became of a request.
  enum class Taken {
    yes,
    not_connected,
    id_in_use,  ///< an earlier request with this identifier has no answer yet
    full,       ///< too much waits for an answer or for the transport
    too_long,   ///< topic or payload
  };

  Client(Timeline& timeline, Callbacks callbacks);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// The transport is up: sends CONNECT. Its texts are at most 65,535 bytes long. A clean session, or another client's,
  /// forgets what an earlier one left: `Failed` for each of its messages.
  void connect(const Connect& packet, const Patience& patience);
  /// Sends DISCONNECT: the broker forgets the will. The owner ends the transport when all is sent.
  void disconnect();
  /// The owner has ended the transport without a word. Does nothing when it is over already.
  void cut();

  /// With QoS 1 and 2 the identifier is the owner's; `dup` is not.
  [[nodiscard]] Taken publish(const Publish& packet);
  [[nodiscard]] Taken subscribe(const Subscribe& packet);
  [[nodiscard]] Taken unsubscribe(const Unsubscribe& packet);

  /// At most kMostOutgoing bytes at a time, and none while not `wants_input`.
  void receive(ByteSpan bytes);
  /// The transport ended, `text` says how.
  void input_ended(std::string_view text = "the broker closed the connection");
  /// False while the answers to what the broker sends wait for the transport: read no more of it meanwhile.
  bool wants_input() const { return outgoing_.size() <= kMostOutgoing; }

  ByteSpan outgoing() const { return outgoing_; }
  /// The transport took the first `count` bytes of them.
  void sent(std::size_t count);

  State state() const { return state_; }
  /// Bytes of memory beside the object itself.
  std::size_t held() const;

 private:
  struct InFlight {
    Request request{};
    PacketId id = 0;
    bool released = false;   ///< of QoS 2: PUBREC came, and `packet` is PUBREL
    bool again_dup = false;  ///< sent again with DUP
    Qos qos{};
    std::size_t topics = 0;  ///< as many results has SUBACK
    Bytes packet;
    Instant first_sent{};
    Instant deadline{};
    unsigned count = 0;  ///< how often it was sent again
  };
  using Flight = std::vector<InFlight>;

  Taken takes(PacketId id) const;
  Taken start(InFlight request);
  Flight::iterator find(Request request, PacketId id);
  bool lost(std::string_view topic) const { return callbacks_.loses && callbacks_.loses(topic); }
  void transmit(InFlight& request);
  void send_again(InFlight& request);
  void schedule();
  void resend_due();
  void give_up(PacketId id);

  void handle(Packet packet);
  void handle_connack(const ConnAck& packet);
  void resume_session();
  void handle(Publish&& packet);
  void handle(const PubAck& packet);
  void handle(const PubRec& packet);
  void handle(const PubRel& packet);
  void handle(const PubComp& packet);
  void handle(SubAck&& packet);
  void handle(const UnsubAck& packet);
  void handle(const PingResp&) { ping_answer_.cancel(); }
  template <class Other>
  void handle(const Other&);
  void keep_until_release(Publish&& packet);
  void complete(Flight::iterator request, ClientEvent event);

  template <class What>
  void send(const What& packet) {
    write(outgoing_, packet);
    last_sent_ = timeline_.now();
  }
  void start_keep_alive(Duration delay);
  void keep_alive_due();
  void connect_overdue();
  void violation(std::string text) { end(Ending::violation, std::move(text)); }
  void end(Ending why, std::string text);
  void stop();
  void fail_what_ends(bool connecting);
  void fail_all();
  void forget_received();
  void forget_session();
  void emit(ClientEvent event) { callbacks_.on_event(std::move(event)); }
  void wake() {
    if (!outgoing_.empty() && callbacks_.on_outgoing) callbacks_.on_outgoing();
  }

  Timeline& timeline_;
  Callbacks callbacks_;
  State state_ = State::closed;
  PacketReader reader_{kMostIncoming};
  Bytes outgoing_;
  Instant last_sent_{};
  Instant last_taken_{};  ///< by the transport

  Patience patience_;
  Version version_ = Version::v3_1_1;
  std::string client_id_;
  bool kept_ = false;
  Duration keep_alive_{};

  Flight in_flight_;
  std::vector<PacketId> received_;  ///< of QoS 2, between PUBLISH and PUBREL
  std::list<Publish> held_;         ///< those of them that are still to be delivered

  Timer answer_;  ///< CONNECT's, then the broker's closing after a refusal
  Timer resend_;  ///< the earliest deadline of in_flight_
  Timer keep_alive_timer_;
  Timer ping_answer_;
};

}  // namespace quasimodem::net::mqtt
