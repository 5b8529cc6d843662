// SPDX-License-Identifier: Apache-2.0
// The client against bytes that are written down here. Against a broker: mqtt_broker_test.cpp.
#include "net/mqtt/client.hpp"
#include "tests/net/mqtt_pair.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net::mqtt;

namespace {

using State = Client::State;
using Taken = Client::Taken;

template <class... Packets>
Bytes bytes_of(const Packets&... packets) {
  Bytes bytes;
  (write(bytes, packets), ...);
  return bytes;
}

/// A client that is connected to nobody but the test.
struct Scripted {
  Timeline timeline;
  Told told{timeline};
  Client& client = told.client;

  explicit Scripted(const Connect& packet = as_client("meter7"), const Patience& patience = {},
                    bool session_present = false) {
    connect(packet, patience, session_present);
  }
  void connect(const Connect& packet, const Patience& patience = {}, bool session_present = false) {
    client.connect(packet, patience);
    told.takes();
    hears(ConnAck{session_present, ConnectCode::accepted});
    told.events.clear();
  }

  template <class... Packets>
  void hears(const Packets&... packets) {
    client.receive(bytes_of(packets...));
  }
  /// It sends just these, now.
  template <class... Packets>
  bool sends(const Packets&... packets) {
    return told.takes() == bytes_of(packets...);
  }
  Events happened() { return told.happened(); }
};

Publish again(Publish packet) {
  packet.dup = true;
  return packet;
}

}  // namespace

TEST_CASE("a client says who it is, and is connected when the broker says so", "[net][mqtt]") {
  Timeline timeline;
  Told told{timeline};
  auto& client = told.client;
  CHECK(client.state() == State::closed);
  const Connect connect{.version = Version::v3_1,
                        .client_id = "meter7",
                        .clean_session = false,
                        .keep_alive_s = 60,
                        .will = Will{"m/7/state", to_bytes("lost"), Qos::at_least_once, true},
                        .user = "u",
                        .password = to_bytes("p")};
  client.connect(connect, {});
  CHECK(client.state() == State::connecting);
  CHECK(told.takes() == bytes_of(connect));
  CHECK(client.publish(message("a", "b")) == Taken::not_connected);
  client.receive(bytes_of(ConnAck{}));
  CHECK(told.happened() == Events{"connected"});
  CHECK(client.state() == State::connected);
}

TEST_CASE("a refused client waits for the broker to close", "[net][mqtt]") {
  const auto code = GENERATE(1, 2, 3, 4, 5, 200);
  Timeline timeline;
  Told told{timeline};
  told.client.connect(as_client("x"), {});
  told.client.receive(bytes_of(ConnAck{false, ConnectCode{static_cast<std::uint8_t>(code)}}));
  CHECK(told.happened() == Events{fmt::format("refused {}", code)});
  CHECK(told.client.publish(message("a", "b")) == Taken::not_connected);
  SECTION("which it does") {
    told.client.input_ended();
    CHECK(told.happened() == Events{"peer_closed: the broker closed the connection"});
  }
  SECTION("and not for ever") {
    timeline.advance(20s - 1ns);
    CHECK(told.happened().empty());
    timeline.advance(1ns);
    CHECK(told.happened() ==
          Events{"refusal_kept_open: the broker refused the client and did not close the connection"});
  }
}

TEST_CASE("a CONNECT without an answer ends the connection", "[net][mqtt]") {
  Timeline timeline;
  Told told{timeline};
  told.client.connect(as_client("x"), {.packet_time = 2s, .retries = 2});
  const bool taken = GENERATE(true, false);
  if (taken) told.takes();
  timeline.advance(6s - 1ns);
  CHECK(told.happened().empty());
  CHECK(told.takes().empty() == taken);
  if (taken) {
    timeline.advance(1ns);
    CHECK(told.happened() == Events{"connect 0 failed", "connect_unanswered: no CONNACK came"});
  }
  CHECK(timeline.idle() == taken);
}

TEST_CASE("a CONNECT that the transport does not take ends the connection", "[net][mqtt]") {
  Timeline timeline;
  Told told{timeline};
  told.client.connect(as_client("x"), {});
  timeline.advance(20s);
  CHECK(told.happened() == Events{"connect 0 failed", "connect_unsent: CONNECT could not be sent"});
  CHECK(told.client.outgoing().empty());
}

TEST_CASE("messages go out with the handshake of their QoS", "[net][mqtt]") {
  Scripted it;
  SECTION("0") {
    const auto sent = message("m/7/state", "up");
    CHECK(it.client.publish(sent) == Taken::yes);
    CHECK(it.sends(sent));
    CHECK(it.happened().empty());
  }
  SECTION("1") {
    const auto sent = message("m/7/state", "", Qos::at_least_once, 3);
    CHECK(it.client.publish(sent) == Taken::yes);
    CHECK(it.sends(sent));
    it.hears(PubAck{4});
    CHECK(it.happened().empty());
    it.hears(PubAck{3});
    CHECK(it.happened() == Events{"published 3"});
    it.hears(PubAck{3});
    CHECK(it.happened().empty());
  }
  SECTION("2") {
    const auto sent = message("m/7/bin", "\x1a", Qos::exactly_once, 4);
    CHECK(it.client.publish(sent) == Taken::yes);
    CHECK(it.sends(sent));
    it.hears(PubComp{4}, PubAck{4});
    CHECK(it.happened().empty());
    it.hears(PubRec{4});
    CHECK(it.sends(PubRel{4}));
    CHECK(it.happened().empty());
    it.hears(PubComp{4});
    CHECK(it.happened() == Events{"published 4"});
  }
  it.timeline.advance(1h);
  CHECK(it.told.takes().empty());
}

TEST_CASE("messages come in with the handshake of their QoS", "[net][mqtt]") {
  Scripted it;
  SECTION("0") {
    it.hears(message("a", "on"));
    CHECK(it.happened() == Events{"message 0 a on"});
    CHECK(it.told.takes().empty());
  }
  SECTION("1, each time it comes") {
    it.hears(message("a", "on", Qos::at_least_once, 9), again(message("a", "on", Qos::at_least_once, 9)));
    CHECK(it.happened() == Events{"message 9 a on", "message 9 a on"});
    CHECK(it.sends(PubAck{9}, PubAck{9}));
  }
  SECTION("2, once and when it is released") {
    const auto sent = message("a", "on", Qos::exactly_once, 9);
    it.hears(sent);
    CHECK(it.sends(PubRec{9}));
    it.hears(again(sent));
    CHECK(it.sends(PubRec{9}));
    CHECK(it.happened().empty());
    it.hears(PubRel{9});
    CHECK(it.sends(PubComp{9}));
    CHECK(it.happened() == Events{"message 9 a on"});
    it.hears(PubRel{9});
    CHECK(it.sends(PubComp{9}));
    CHECK(it.happened().empty());
    it.hears(sent, PubRel{9});
    CHECK(it.happened() == Events{"message 9 a on"});
  }
}

TEST_CASE("subscriptions are answered topic by topic", "[net][mqtt]") {
  Scripted it;
  const Subscribe two{.id = 2, .subscriptions = {{"m/all", Qos::at_most_once}, {"m/7/#", Qos::exactly_once}}};
  CHECK(it.client.subscribe(two) == Taken::yes);
  CHECK(it.sends(two));
  it.hears(SubAck{2, {0, 0x80}});
  CHECK(it.happened() == Events{"subscribed 2: 0 128"});
  const Unsubscribe one{.id = 5, .filters = {"m/all"}};
  CHECK(it.client.unsubscribe(one) == Taken::yes);
  CHECK(it.sends(one));
  it.hears(UnsubAck{5});
  CHECK(it.happened() == Events{"unsubscribed 5"});
}

TEST_CASE("what has no answer is sent again, and given up at last", "[net][mqtt]") {
  Scripted it{as_client("x"), {.packet_time = 5s, .retries = 2}};
  const auto sent = message("a", "b", Qos::at_least_once, 1);
  CHECK(it.client.publish(sent) == Taken::yes);
  CHECK(it.sends(sent));
  it.timeline.advance(5s - 1ns);
  CHECK(it.told.takes().empty());
  it.timeline.advance(1ns);
  CHECK(it.told.woken == 1);
  CHECK(it.sends(again(sent)));
  CHECK(it.happened() == Events{"publish 1 again: 1"});
  SECTION("the answer comes late") {
    it.hears(PubAck{1});
    CHECK(it.happened() == Events{"published 1"});
  }
  SECTION("no answer comes") {
    it.timeline.advance(5s);
    CHECK(it.sends(again(sent)));
    CHECK(it.happened() == Events{"publish 1 again: 2"});
    it.timeline.advance(5s);
    CHECK(it.happened() == Events{"publish 1 failed"});
    CHECK(it.client.state() == State::connected);
    it.hears(PubAck{1});
    CHECK(it.happened().empty());
  }
  it.timeline.advance(1h);
  CHECK(it.told.takes().empty());
  CHECK(it.happened().empty());
}

TEST_CASE("no retries means one chance", "[net][mqtt]") {
  Scripted it{as_client("x"), {.packet_time = 1s, .retries = 0}};
  CHECK(it.client.subscribe({.id = 1, .subscriptions = {{"a", {}}}}) == Taken::yes);
  it.told.takes();
  it.timeline.advance(1s);
  CHECK(it.happened() == Events{"subscribe 1 failed"});
}

TEST_CASE("each request has a clock of its own", "[net][mqtt]") {
  Scripted it{as_client("x"), {.packet_time = 5s, .retries = 1}};
  CHECK(it.client.publish(message("a", "b", Qos::at_least_once, 1)) == Taken::yes);
  it.told.takes();
  it.timeline.advance(3s);
  CHECK(it.client.unsubscribe({.id = 2, .filters = {"a"}}) == Taken::yes);
  it.told.takes();
  it.timeline.advance(2s);
  CHECK(it.happened() == Events{"publish 1 again: 1"});
  it.told.takes();
  it.timeline.advance(3s);
  CHECK(it.happened() == Events{"unsubscribe 2 again: 1"});
  it.told.takes();
  it.timeline.advance(5s);
  CHECK(it.happened() == Events{"publish 1 failed", "unsubscribe 2 failed"});
}

TEST_CASE("both halves of QoS 2 are sent again, each from its own time on", "[net][mqtt]") {
  const auto version = GENERATE(Version::v3_1, Version::v3_1_1);
  auto connect = as_client("x");
  connect.version = version;
  Scripted it{connect, {.packet_time = 5s, .retries = 1}};
  const auto sent = message("a", "b", Qos::exactly_once, 1);
  CHECK(it.client.publish(sent) == Taken::yes);
  it.told.takes();
  it.timeline.advance(5s);
  CHECK(it.sends(again(sent)));
  it.timeline.advance(4s);
  it.hears(PubRec{1});
  CHECK(it.sends(PubRel{1}));
  it.timeline.advance(5s);
  CHECK(it.sends(PubRel{1, version == Version::v3_1}));
  CHECK(it.happened() == Events{"publish 1 again: 1", "publish 1 again: 1"});
  it.timeline.advance(5s);
  CHECK(it.happened() == Events{"publish 1 failed"});
  // The broker is not left waiting when it was only slow.
  it.hears(PubRec{1});
  CHECK(it.sends(PubRel{1}));
  it.hears(PubComp{1});
  CHECK(it.happened().empty());
}

TEST_CASE("3.1 marks a SUBSCRIBE that is sent again, 3.1.1 does not", "[net][mqtt]") {
  const auto version = GENERATE(Version::v3_1, Version::v3_1_1);
  auto connect = as_client("x");
  connect.version = version;
  Scripted it{connect};
  Subscribe sent{.id = 1, .subscriptions = {{"a", {}}}};
  CHECK(it.client.subscribe(sent) == Taken::yes);
  it.told.takes();
  it.timeline.advance(5s);
  sent.dup = version == Version::v3_1;
  CHECK(it.sends(sent));
}

TEST_CASE("a message that gets lost on its way is sent again", "[net][mqtt]") {
  Timeline timeline;
  Events events;
  int lost = 2;
  Client client{timeline,
                {.on_event = [&](const ClientEvent& event) { events.push_back(std::visit(EventText{}, event)); },
                 .on_outgoing = {},
                 .loses = [&](std::string_view topic) { return topic == "lossy" && lost-- > 0; }}};
  client.connect(as_client("x"), {});
  client.receive(bytes_of(ConnAck{}));
  client.sent(client.outgoing().size());
  CHECK(client.publish(message("lossy", "0")) == Taken::yes);
  const auto sent = message("lossy", std::string(200, 'x'), Qos::exactly_once, 1);
  CHECK(client.publish(sent) == Taken::yes);
  CHECK(client.outgoing().empty());
  timeline.advance(5s);
  CHECK(to_text(client.outgoing()) == to_text(bytes_of(again(sent))));
  client.receive(bytes_of(PubRec{1}, PubComp{1}));
  CHECK(events == Events{"connected", "publish 1 again: 1", "published 1"});
}

TEST_CASE("what can be sent nowhere ends the connection when it is given up", "[net][mqtt]") {
  Scripted it;
  CHECK(it.client.publish(message("a", std::string(1100, 'x'), Qos::at_least_once, 1)) == Taken::yes);
  const auto waiting = it.client.outgoing().size();
  it.timeline.advance(20s);
  CHECK(it.happened() == Events{"publish 1 again: 1", "publish 1 again: 2", "publish 1 again: 3", "publish 1 failed",
                                "send_failed: nothing could be sent for as long as was tried"});
  CHECK(waiting < 1200);
  CHECK(it.timeline.idle());
}

TEST_CASE("a silent client asks whether the broker is still there", "[net][mqtt]") {
  auto connect = as_client("x");
  connect.keep_alive_s = 60;
  Scripted it{connect};
  it.timeline.advance(40s);
  CHECK(it.client.publish(message("a", "b")) == Taken::yes);  // that is traffic
  it.told.takes();
  it.timeline.advance(60s - 1ns);
  it.hears(message("a", "c"));  // that is not
  CHECK(it.told.takes().empty());
  it.timeline.advance(1ns);
  CHECK(it.sends(PingReq{}));
  CHECK(it.told.woken == 1);
  SECTION("it is") {
    it.hears(PingResp{});
    it.happened();
    it.timeline.advance(60s);
    CHECK(it.sends(PingReq{}));
    it.hears(PingResp{});
    it.timeline.advance(59s);
    CHECK(it.happened().empty());
    CHECK(it.told.takes().empty());
  }
  SECTION("it is not") {
    it.happened();
    it.timeline.advance(20s - 1ns);
    CHECK(it.happened().empty());
    it.timeline.advance(1ns);
    CHECK(it.happened() == Events{"ping_unanswered: no PINGRESP came"});
    CHECK(it.timeline.idle());
  }
}

TEST_CASE("an interval shorter than an answer may take does not put its end off", "[net][mqtt]") {
  auto connect = as_client("x");
  connect.keep_alive_s = 3;
  Scripted it{connect};
  it.timeline.advance(23s - 1ns);
  CHECK(it.happened().empty());
  it.timeline.advance(1ns);
  CHECK(it.happened() == Events{"ping_unanswered: no PINGRESP came"});
}

TEST_CASE("no keep-alive, no PINGREQ", "[net][mqtt]") {
  Scripted it;
  CHECK(it.timeline.idle());
}

TEST_CASE("what the end of a connection means for what waits", "[net][mqtt]") {
  const bool kept = GENERATE(false, true);
  Scripted it{kept ? as_kept("x") : as_client("x")};
  CHECK(it.client.publish(message("a", "b", Qos::exactly_once, 1)) == Taken::yes);
  CHECK(it.client.subscribe({.id = 2, .subscriptions = {{"a", {}}}}) == Taken::yes);
  it.told.takes();
  const Events failed = kept ? Events{"subscribe 2 failed"} : Events{"publish 1 failed", "subscribe 2 failed"};
  SECTION("the broker closes") {
    it.client.input_ended("connection reset");
    auto expected = failed;
    expected.emplace_back("peer_closed: connection reset");
    CHECK(it.happened() == expected);
  }
  SECTION("the owner leaves") {
    it.client.disconnect();
    CHECK(it.happened() == failed);
    CHECK(it.sends(Disconnect{}));
  }
  SECTION("the owner cuts") {
    it.client.cut();
    CHECK(it.happened() == failed);
    CHECK(it.told.takes().empty());
  }
  CHECK(it.client.state() == State::closed);
  CHECK(it.client.publish(message("a", "b")) == Taken::not_connected);
  it.timeline.advance(1h);
  CHECK(it.happened().empty());
  CHECK(it.timeline.idle());
}

TEST_CASE("a connection that ends before CONNACK is a CONNECT that failed", "[net][mqtt]") {
  Timeline timeline;
  Told told{timeline};
  told.client.connect(as_client("x"), {});
  told.client.input_ended();
  CHECK(told.happened() == Events{"connect 0 failed", "peer_closed: the broker closed the connection"});
}

TEST_CASE("a kept session goes on with the next connection", "[net][mqtt]") {
  Scripted it{as_kept("x")};
  const auto one = message("a", "1", Qos::at_least_once, 1), two = message("a", "2", Qos::exactly_once, 2),
             three = message("a", "3", Qos::exactly_once, 3), in = message("b", "in", Qos::exactly_once, 7);
  for (const auto& each : {one, two, three}) CHECK(it.client.publish(each) == Taken::yes);
  it.hears(PubRec{3}, in);
  it.told.takes();
  it.client.input_ended();
  it.happened();
  it.timeline.advance(1h);
  CHECK(it.timeline.idle());

  SECTION("at a broker that remembers it") {
    it.client.connect(as_kept("x"), {});
    CHECK(it.sends(as_kept("x")));
    it.hears(ConnAck{true, ConnectCode::accepted});
    CHECK(it.happened() == Events{"connected again"});
    CHECK(it.sends(again(one), again(two), PubRel{3}));
    it.hears(PubComp{3}, again(in), PubRel{7});
    CHECK(it.happened() == Events{"published 3", "message 7 b in"});
    CHECK(it.sends(PubRec{7}, PubComp{7}));
    it.timeline.advance(5s);
    CHECK(it.happened() == Events{"publish 1 again: 1", "publish 2 again: 1"});
  }
  SECTION("at a broker of 3.1, which does not say, as if it did: but that is another client's version") {
    auto old = as_kept("x");
    old.version = Version::v3_1;
    it.client.connect(old, {});
    CHECK(it.happened() == Events{"publish 1 failed", "publish 2 failed", "publish 3 failed"});
  }
  SECTION("at a broker that has forgotten it") {
    it.connect(as_kept("x"));
    it.client.input_ended();
    it.connect(as_kept("x"), {}, true);
    CHECK(it.told.takes().empty());
  }
  SECTION("not with a clean one") {
    it.client.connect(as_client("x"), {});
    CHECK(it.happened() == Events{"publish 1 failed", "publish 2 failed", "publish 3 failed"});
    it.told.takes();
    it.hears(ConnAck{});
    CHECK(it.told.takes().empty());
  }
  SECTION("not with another client's") {
    it.client.connect(as_kept("y"), {});
    CHECK(it.happened() == Events{"publish 1 failed", "publish 2 failed", "publish 3 failed"});
  }
}

TEST_CASE("a broker that has forgotten the session is given nothing twice", "[net][mqtt]") {
  Scripted it{as_kept("x")};
  CHECK(it.client.publish(message("a", "1", Qos::at_least_once, 1)) == Taken::yes);
  it.client.input_ended();
  it.happened();
  it.client.connect(as_kept("x"), {});
  it.told.takes();
  it.hears(ConnAck{});
  CHECK(it.happened() == Events{"connected", "publish 1 failed"});
  CHECK(it.told.takes().empty());
}

TEST_CASE("in 3.1 a kept session is taken for granted", "[net][mqtt]") {
  auto connect = as_kept("x");
  connect.version = Version::v3_1;
  Scripted it{connect};
  const auto sent = message("a", "1", Qos::at_least_once, 1);
  CHECK(it.client.publish(sent) == Taken::yes);
  it.told.takes();
  it.client.input_ended();
  it.client.connect(connect, {});
  it.told.takes();
  it.hears(ConnAck{});
  CHECK(it.sends(again(sent)));
}

TEST_CASE("what a client does not take", "[net][mqtt]") {
  Scripted it;
  SECTION("more payload or topic than a module has room for") {
    CHECK(it.client.publish(message("a", std::string(1461, 'x'))) == Taken::too_long);
    CHECK(it.client.publish(message(std::string(256, 'a'), "x")) == Taken::too_long);
    CHECK(it.client.publish(message(std::string(255, 'a'), std::string(1460, 'x'))) == Taken::yes);
  }
  SECTION("an identifier twice, whatever for") {
    CHECK(it.client.publish(message("a", "b", Qos::at_least_once, 1)) == Taken::yes);
    CHECK(it.client.publish(message("a", "b", Qos::exactly_once, 1)) == Taken::id_in_use);
    CHECK(it.client.subscribe({.id = 1, .subscriptions = {{"a", {}}}}) == Taken::id_in_use);
    CHECK(it.client.unsubscribe({.id = 1, .filters = {"a"}}) == Taken::id_in_use);
    it.hears(PubAck{1});
    CHECK(it.client.subscribe({.id = 1, .subscriptions = {{"a", {}}}}) == Taken::yes);
  }
  SECTION("more bytes than may wait for the transport") {
    const std::string payload(1000, 'x');
    CHECK(it.client.publish(message("a", payload)) == Taken::yes);
    CHECK(it.client.publish(message("a", payload)) == Taken::yes);
    CHECK(it.client.publish(message("a", payload)) == Taken::full);
    CHECK_FALSE(it.client.wants_input());
    it.client.sent(1003 + 10);
    CHECK(it.client.wants_input());
    CHECK(it.client.publish(message("a", payload)) == Taken::yes);
  }
  SECTION("more requests than may wait for answers") {
    for (PacketId id = 1; id <= Client::kMostRequests; ++id)
      CHECK(it.client.publish(message("a", "b", Qos::at_least_once, id)) == Taken::yes);
    CHECK(it.client.publish(message("a", "b", Qos::at_least_once, 100)) == Taken::full);
    CHECK(it.client.publish(message("a", "b")) == Taken::yes);  // this one waits for nothing
    it.hears(PubAck{1});
    CHECK(it.client.publish(message("a", "b", Qos::at_least_once, 100)) == Taken::yes);
  }
}

TEST_CASE("a peer that breaks the protocol is left", "[net][mqtt]") {
  const auto [bytes, reason] = GENERATE(table<Bytes, std::string>({
      {bytes_of(ConnAck{}), "CONNACK a second time"},
      {bytes_of(as_client("x")), "CONNECT from the broker"},
      {bytes_of(PingReq{}), "PINGREQ from the broker"},
      {bytes_of(Disconnect{}), "DISCONNECT from the broker"},
      {bytes_of(Subscribe{.id = 1, .subscriptions = {{"a", {}}}}), "SUBSCRIBE from the broker"},
      {bytes_of(Unsubscribe{.id = 1, .filters = {"a"}}), "UNSUBSCRIBE from the broker"},
      {bytes_of(SubAck{9, {0}}), "SUBACK with 1 results for 2 topics"},
      {to_bytes("HTTP/1.1 400 Bad Request"), "PUBACK with flags 0x8"},
      {Bytes{0x30, 0xFF, 0xFF, 0xFF, 0x7F}, "PUBLISH of 268435455 bytes, more than the 2048 there is room for"},
      {Bytes{0x30, 0x80, 0x80, 0x80, 0x80, 0x01}, "a remaining length of more than four bytes"},
  }));
  Scripted it;
  CHECK(it.client.subscribe({.id = 9, .subscriptions = {{"a", {}}, {"b", {}}}}) == Taken::yes);
  for (const auto byte : bytes) {
    if (it.client.state() == State::connected) it.client.receive({&byte, 1});
  }
  CHECK(it.happened() == Events{"subscribe 9 failed", "violation: " + reason});
  CHECK(it.client.held() < 1000);
  CHECK(it.timeline.idle());
}

TEST_CASE("a broker that speaks before it is spoken to is left", "[net][mqtt]") {
  Timeline timeline;
  Told told{timeline};
  SECTION("before CONNECT") {
    told.client.receive(bytes_of(ConnAck{}));
    CHECK(told.happened() == Events{"violation: the broker speaks before CONNECT"});
  }
  SECTION("before CONNACK") {
    told.client.connect(as_client("x"), {});
    told.client.receive(bytes_of(message("a", "b")));
    CHECK(told.happened() == Events{"connect 0 failed", "violation: PUBLISH before CONNACK"});
  }
}

TEST_CASE("what a client holds of its broker's messages is bounded", "[net][mqtt]") {
  Scripted it;
  const std::string payload(1400, 'x');
  SECTION("of QoS 2, beyond what can be held, each is delivered at once and only once") {
    for (PacketId id = 1; id <= 5; ++id) it.hears(message("a", payload, Qos::exactly_once, id));
    CHECK(it.happened().size() == 4);
    for (PacketId id = 1; id <= 5; ++id) it.hears(again(message("a", payload, Qos::exactly_once, id)), PubRel{id});
    CHECK(it.happened() == Events{"message 1 a " + payload});
  }
  SECTION("and so are their identifiers") {
    for (PacketId id = 1; id <= Client::kMostReceived; ++id) {
      it.hears(message("a", "b", Qos::exactly_once, id));
      it.told.takes();
    }
    CHECK(it.client.state() == State::connected);
    it.hears(message("a", "b", Qos::exactly_once, 1000));
    CHECK(it.happened().back() == "violation: more messages of QoS 2 are under way than a client can remember");
  }
}

TEST_CASE("a client with everything full holds less than 14 KB", "[net][mqtt]") {
  Scripted it;
  const auto large = message(std::string(200, 't'), std::string(1300, 'x'), Qos::exactly_once);
  PacketId id = 1;
  const auto publish = [&](const std::string& payload) {
    auto taken = Taken::yes;
    while (taken == Taken::yes) {
      taken = it.client.publish(message(large.topic, payload, Qos::exactly_once, id++));
      it.told.takes();
    }
    CHECK(taken == Taken::full);
  };
  publish(std::string(1300, 'x'));
  publish("");
  publish("");
  for (PacketId incoming = 1; incoming <= Client::kMostReceived; ++incoming) {
    auto packet = incoming == 1 ? large : message("a", "b", Qos::exactly_once);
    packet.id = incoming;
    it.hears(packet);
    it.told.takes();
  }
  while (it.client.publish(message("a", large.topic)) == Taken::yes) {
  }
  auto half = bytes_of(message(std::string(500, 't'), std::string(1540, 'x')));
  half.pop_back();
  for (const auto byte : half) it.client.receive({&byte, 1});
  CHECK(it.client.state() == State::connected);
  CHECK(it.client.held() > 8192);
  CHECK(it.client.held() + sizeof(Client) < 14000);
  it.client.cut();
  CHECK(it.client.held() < 256);
}

TEST_CASE("an owner may act on an event at once", "[net][mqtt]") {
  Timeline timeline;
  Events events;
  Client* self = nullptr;
  Client client{timeline,
                {.on_event =
                     [&](const ClientEvent& event) {
                       events.push_back(std::visit(EventText{}, event));
                       if (std::holds_alternative<Message>(event)) {
                         CHECK(self->publish(message("answer", "yes", Qos::at_least_once, 1)) == Taken::yes);
                       } else if (std::holds_alternative<Retransmitted>(event)) {
                         self->cut();
                       }
                     },
                 .on_outgoing = {}}};
  self = &client;
  client.connect(as_client("x"), {});
  client.receive(bytes_of(ConnAck{}, message("question", "?")));
  timeline.advance(5s);
  CHECK(events == Events{"connected", "message 0 question ?", "publish 1 again: 1", "publish 1 failed"});
  CHECK(timeline.idle());
}
