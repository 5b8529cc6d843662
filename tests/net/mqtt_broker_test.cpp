// SPDX-License-Identifier: Apache-2.0
// Broker and client, with a wire between them that cuts all bytes into pieces.
#include "net/mqtt/broker.hpp"
#include "tests/net/mqtt_pair.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net::mqtt;

namespace {

using State = Client::State;
using Taken = Client::Taken;

struct Bench {
  explicit Bench(const Broker::Settings& settings = {}) : broker{timeline, settings, {}} {
    broker.on_published = [this](const Publish& one) {
      published.push_back(fmt::format("{} {}", one.topic, to_text(one.payload)));
    };
  }

  Timeline timeline;
  Broker broker;
  Events published;
  std::size_t piece = GENERATE(std::size_t{1}, std::size_t{1000});
  Wired a{timeline, broker, piece};
  Wired b{timeline, broker, piece};

  void subscribe(Wired& who, const std::string& filter, Qos qos = Qos::at_most_once) {
    CHECK(who.client.subscribe({.id = 500, .subscriptions = {{filter, qos}}}) == Taken::yes);
    who.pump();
    CHECK(who.events.front() == fmt::format("subscribed 500: {}", static_cast<int>(qos)));
    who.events.erase(who.events.begin());
  }
  void publish(Wired& who, const Publish& packet) {
    CHECK(who.client.publish(packet) == Taken::yes);
    who.pump();
  }
  /// Time goes by, and bytes.
  void wait(Duration span) {
    for (const auto until = timeline.now() + span; timeline.now() < until;) {
      timeline.advance_to(std::min(until, timeline.now() + 1s));
      a.pump();
      b.pump();
    }
  }
};

}  // namespace

TEST_CASE("a message goes through the broker with every QoS", "[net][mqtt]") {
  Bench it;
  const auto sent = GENERATE(Qos::at_most_once, Qos::at_least_once, Qos::exactly_once);
  const auto wanted = GENERATE(Qos::at_most_once, Qos::at_least_once, Qos::exactly_once);
  const auto version = GENERATE(Version::v3_1, Version::v3_1_1);
  auto connect = as_client("a");
  connect.version = version;
  it.a.connect(connect);
  it.b.connect(as_client("b"));
  CHECK(it.broker.clients() == std::vector<std::string>{"a", "b"});
  it.b.happened();
  it.subscribe(it.b, "m/+/cmd", wanted);
  it.publish(it.a, message("m/7/cmd", "on", sent, sent == Qos::at_most_once ? 0 : 3));
  CHECK(it.a.happened() == (sent == Qos::at_most_once ? Events{"connected"} : Events{"connected", "published 3"}));
  CHECK(it.b.broker_spoke == 1);
  it.b.pump();
  const auto got = std::min(sent, wanted) == Qos::at_most_once ? 0 : 1;
  CHECK(it.b.happened() == Events{fmt::format("message {} m/7/cmd on", got)});
  CHECK(it.published == Events{"m/7/cmd on"});
}

TEST_CASE("a client hears itself, and nothing after it has unsubscribed", "[net][mqtt]") {
  Bench it;
  it.a.connect(as_client("a"));
  it.a.happened();
  it.subscribe(it.a, "#");
  it.publish(it.a, message("x", "1"));
  CHECK(it.a.happened() == Events{"message 0 x 1"});
  CHECK(it.a.client.unsubscribe({.id = 2, .filters = {"#"}}) == Taken::yes);
  it.a.pump();
  it.publish(it.a, message("x", "2"));
  CHECK(it.a.happened() == Events{"unsubscribed 2"});
}

TEST_CASE("a retained message waits for who subscribes later", "[net][mqtt]") {
  Bench it;
  it.a.connect(as_client("a"));
  it.a.happened();
  auto state = message("m/7/state", "up", Qos::at_least_once, 1);
  state.retain = true;
  it.publish(it.a, state);
  it.broker.publish({.topic = "other", .payload = to_bytes("x"), .retain = true});
  it.a.happened();
  it.subscribe(it.a, "m/#", Qos::exactly_once);
  CHECK(it.a.happened() == Events{"message 1 m/7/state up retained"});
  SECTION("who is there already sees no difference") {
    it.publish(it.a, state);
    CHECK(it.a.happened() == Events{"published 1", "message 2 m/7/state up"});
  }
  SECTION("an empty one takes it away") {
    state.payload.clear();
    it.publish(it.a, state);
    it.a.happened();
    it.subscribe(it.a, "m/#");
    CHECK(it.a.happened().empty());
  }
}

TEST_CASE("the will is published when a client is gone without DISCONNECT", "[net][mqtt]") {
  Bench it;
  auto connect = as_client("a");
  connect.will = Will{"m/7/state", to_bytes("lost"), Qos::at_least_once, true};
  connect.keep_alive_s = 60;
  it.a.connect(connect);
  it.b.connect(as_client("b"));
  it.b.happened();
  it.subscribe(it.b, "m/7/state", Qos::exactly_once);
  SECTION("DISCONNECT: none") {
    it.a.leave();
    it.b.pump();
    CHECK(it.b.happened().empty());
  }
  SECTION("the wire is cut: published") {
    it.a.cut();
    it.b.pump();
    CHECK(it.b.happened() == Events{"message 1 m/7/state lost"});
  }
  SECTION("the broker closes: published") {
    CHECK(it.broker.close("a"));
    CHECK(it.a.broker_spoke == 1);
    it.a.pump();
    CHECK(it.a.happened() == Events{"connected", "peer_closed: the broker closed the connection"});
    it.b.pump();
    CHECK(it.b.happened() == Events{"message 1 m/7/state lost"});
    CHECK_FALSE(it.broker.close("a"));
  }
  SECTION("nothing comes for one and a half times the keep-alive time: published") {
    it.timeline.advance(90s);  // and nobody carries the PINGREQ
    it.b.pump();
    CHECK(it.b.happened() == Events{"message 1 m/7/state lost"});
  }
  SECTION("PINGREQ keeps it alive") {
    it.wait(600s);
    CHECK(it.b.happened().empty());
    CHECK(it.a.client.state() == State::connected);
  }
}

TEST_CASE("a kept session gets what came while its client was away", "[net][mqtt]") {
  Bench it;
  it.a.connect(as_kept("a"));
  CHECK(it.a.happened() == Events{"connected"});
  it.subscribe(it.a, "m", Qos::exactly_once);
  it.a.leave();
  it.broker.publish(message("m", "0"));
  it.broker.publish(message("m", "1", Qos::at_least_once));
  it.broker.publish(message("m", "2", Qos::exactly_once));
  SECTION("when it comes back") {
    it.a.connect(as_kept("a"));
    CHECK(it.a.happened() == Events{"connected again", "message 1 m 1", "message 2 m 2"});
  }
  SECTION("not when it then wants a clean one") {
    it.a.connect(as_client("a"));
    it.broker.publish(message("m", "3", Qos::exactly_once));
    it.a.pump();
    CHECK(it.a.happened() == Events{"connected"});
    it.a.leave();
    it.a.connect(as_kept("a"));
    CHECK(it.a.happened() == Events{"connected"});
  }
}

TEST_CASE("what was under way when the wire broke arrives after all, and once", "[net][mqtt]") {
  Bench it;
  it.a.connect(as_kept("a"));
  it.b.connect(as_kept("b"));
  it.a.happened();
  it.b.happened();
  it.subscribe(it.b, "m", Qos::exactly_once);
  SECTION("from the client") {
    const auto lost = GENERATE(PacketType::publish, PacketType::pubrel);
    it.broker.behave({.ignored = {{lost, 1}}});
    CHECK(it.a.client.publish(message("m", "2", Qos::exactly_once, 2)) == Taken::yes);
    it.a.pump();
    CHECK(it.a.happened().empty());
    it.a.cut();
    it.a.connect(as_kept("a"));
    it.a.pump();
    it.b.pump();
    CHECK(it.a.happened() == Events{"peer_closed: the broker closed the connection", "connected again", "published 2"});
    CHECK(it.b.happened() == Events{"message 1 m 2"});
  }
  SECTION("from the broker") {
    const auto lost = GENERATE(PacketType::pubrec, PacketType::pubcomp);
    it.broker.behave({.ignored = {{lost, 1}}});
    it.broker.publish(message("m", "2", Qos::exactly_once));
    it.b.pump();
    const auto before = it.b.happened();
    it.b.cut();
    it.b.connect(as_kept("b"));
    auto all = before;
    for (const auto& one : it.b.happened()) all.push_back(one);
    CHECK(std::count(all.begin(), all.end(), "message 1 m 2") == 1);
    CHECK(std::count(all.begin(), all.end(), "connected again") == 1);
    it.broker.publish(message("m", "3", Qos::exactly_once));
    it.b.pump();
    CHECK(it.b.happened() == Events{"message 2 m 3"});
  }
}

TEST_CASE("an answer that is lost once costs one retransmission", "[net][mqtt]") {
  const auto type = GENERATE(PacketType::publish, PacketType::subscribe, PacketType::unsubscribe);
  Bench it;
  it.a.connect(as_client("a"));
  it.broker.behave({.ignored = {{type, 1}}});
  CHECK(it.a.client.publish(message("m", "x", Qos::exactly_once, 1)) == Taken::yes);
  CHECK(it.a.client.subscribe({.id = 2, .subscriptions = {{"m", Qos::at_most_once}}}) == Taken::yes);
  CHECK(it.a.client.unsubscribe({.id = 3, .filters = {"m"}}) == Taken::yes);
  it.a.pump();
  it.wait(5s);
  const auto events = it.a.happened();
  CHECK(events.size() == 5);
  const auto again = [](const std::string& one) { return one.ends_with("again: 1"); };
  CHECK(std::count_if(events.begin(), events.end(), again) == 1);
  CHECK(it.published == Events{"m x"});
}

TEST_CASE("a type of packet that is never answered", "[net][mqtt]") {
  const auto [type, end] = GENERATE(table<PacketType, std::string>({
      {PacketType::connect, "connect_unanswered: no CONNACK came"},
      {PacketType::publish, "publish 1 failed"},
      {PacketType::pubrel, "publish 1 failed"},
      {PacketType::pingreq, "ping_unanswered: no PINGRESP came"},
  }));
  Bench it{{.users = {}, .manners = {.ignored = {{type, Broker::kAlways}}}}};
  auto connect = as_client("a");
  connect.keep_alive_s = 100;
  it.a.connect(connect, {.packet_time = 3s, .retries = 1});
  (void)it.a.client.publish(message("m", "x", Qos::exactly_once, 1));
  it.wait(110s);
  CHECK(it.a.happened().back() == end);
}

TEST_CASE("who may come in", "[net][mqtt]") {
  Bench it{{.users = {{"u", "p"}}, .manners = {}}};
  const auto with = [](const char* user, const char* password) {
    auto connect = as_client("a");
    connect.user = user;
    if (password) connect.password = to_bytes(password);
    return connect;
  };
  const Events refused{"refused 4", "peer_closed: the broker closed the connection"};
  it.a.connect(as_client("a"));
  CHECK(it.a.happened() == refused);
  for (const auto& connect : {with("u", "q"), with("v", "p"), with("u", nullptr), with("u", "")}) {
    it.a.connect(connect);
    CHECK(it.a.happened() == refused);
  }
  it.a.connect(with("u", "p"));
  CHECK(it.a.happened() == Events{"connected"});
}

TEST_CASE("a client identifier is needed to be known again", "[net][mqtt]") {
  Bench it;
  it.a.connect(as_client(""));
  CHECK(it.a.happened() == Events{"connected"});
  CHECK(it.broker.clients() == std::vector<std::string>{"nameless-1"});
  it.b.connect(as_kept(""));
  CHECK(it.b.happened().front() == "refused 2");
  auto old = as_client("");
  old.version = Version::v3_1;
  it.b.connect(old);
  CHECK(it.b.happened().front() == "refused 2");
}

TEST_CASE("the broker does what it is told to do wrong", "[net][mqtt]") {
  Bench it;
  SECTION("a code for every CONNECT") {
    const auto code =
        GENERATE(ConnectCode::version_refused, ConnectCode::server_unavailable, ConnectCode::not_authorized);
    it.broker.behave({.connect_code = code});
    it.a.connect(as_client("a"));
    CHECK(it.a.happened() ==
          Events{fmt::format("refused {}", static_cast<int>(code)), "peer_closed: the broker closed the connection"});
    CHECK(it.broker.clients().empty());
  }
  SECTION("it hangs up") {
    it.broker.behave({.hangs_up_after = 3});
    it.a.connect(as_client("a"));
    it.publish(it.a, message("m", "1"));
    CHECK(it.a.happened() == Events{"connected"});
    it.publish(it.a, message("m", "2"));
    CHECK(it.a.happened() == Events{"peer_closed: the broker closed the connection"});
    CHECK(it.published == Events{"m 1", "m 2"});
  }
  SECTION("it hangs up behind a message") {
    it.broker.behave({.hangs_up_after_messages = 2});
    it.a.connect(as_client("a"));
    it.publish(it.a, message("m", "1", Qos::at_least_once, 1));
    CHECK(it.a.happened() == Events{"connected", "published 1"});
    it.publish(it.a, message("m", "2", Qos::at_least_once, 2));
    CHECK(it.a.happened() == Events{"published 2", "peer_closed: the broker closed the connection"});
    it.a.connect(as_client("a"));
    it.publish(it.a, message("m", "3"));
    CHECK(it.a.happened() == Events{"connected"});
  }
  SECTION("it hangs up at once") {
    it.broker.behave({.hangs_up_after_messages = 0});
    it.a.connect(as_client("a"));
    CHECK(it.a.happened() == Events{"connected", "peer_closed: the broker closed the connection"});
  }
  SECTION("it never acknowledges, and passes on what comes") {
    it.broker.behave({.never_acknowledges = true});
    it.b.connect(as_client("b"));
    it.b.happened();
    it.subscribe(it.b, "m");
    it.a.connect(as_client("a"), {.packet_time = 3s, .retries = 1});
    const auto qos = GENERATE(Qos::at_least_once, Qos::exactly_once);
    it.publish(it.a, message("m", "0"));
    it.publish(it.a, message("m", "1", qos, 1));
    it.wait(6s);
    CHECK(it.a.happened() == Events{"connected", "publish 1 again: 1", "publish 1 failed"});
    // What is meant to come once does so; of the other there is one more for each time that it was sent.
    const auto heard = qos == Qos::exactly_once ? Events{"message 0 m 0", "message 0 m 1"}
                                                : Events{"message 0 m 0", "message 0 m 1", "message 0 m 1"};
    CHECK(it.b.happened() == heard);
  }
  SECTION("a PUBREL is not acknowledged either") {
    it.a.connect(as_kept("a"));
    it.broker.behave({.ignored = {{PacketType::pubrel, 1}}});
    it.publish(it.a, message("m", "1", Qos::exactly_once, 1));
    it.broker.behave({.never_acknowledges = true});
    it.wait(5s);
    CHECK(it.a.happened() == Events{"connected", "publish 1 again: 1"});
    it.broker.behave({});
    it.wait(5s);
    CHECK(it.a.happened() == Events{"publish 1 again: 2", "published 1"});
  }
  SECTION("it refuses subscriptions") {
    it.broker.behave({.refuses_subscriptions = true});
    it.a.connect(as_client("a"));
    CHECK(it.a.client.subscribe({.id = 1, .subscriptions = {{"m", Qos::at_most_once}, {"n", Qos::exactly_once}}}) ==
          Taken::yes);
    it.a.pump();
    it.publish(it.a, message("m", "1"));
    CHECK(it.a.happened() == Events{"connected", "subscribed 1: 128 128"});
  }
}

TEST_CASE("a second connection of the same client takes over", "[net][mqtt]") {
  Bench it;
  auto connect = as_client("a");
  connect.will = Will{"gone", to_bytes("a"), Qos::at_most_once, false};
  it.a.connect(connect);
  it.b.connect(as_client("a"));
  CHECK(it.b.happened() == Events{"connected"});
  CHECK(it.a.broker_spoke == 1);
  it.a.pump();
  CHECK(it.a.happened() == Events{"connected", "peer_closed: the broker closed the connection"});
  CHECK(it.published == Events{"gone a"});
  CHECK(it.broker.clients() == std::vector<std::string>{"a"});
  CHECK_FALSE(it.a.plugged());
  it.subscribe(it.b, "m");
  it.broker.publish(message("m", "x"));
  it.b.pump();
  CHECK(it.b.happened() == Events{"message 0 m x"});
}

TEST_CASE("a client may keep silent for one and a half times an odd keep-alive time as well", "[net][mqtt]") {
  Timeline timeline;
  Broker broker{timeline, {}, {}};
  const auto peer = broker.accept();
  auto connect = as_client("a");
  connect.keep_alive_s = 1;
  Bytes hello;
  write(hello, connect);
  peer->start();
  peer->receive(hello);
  timeline.advance(1500ms - 1ns);
  CHECK_FALSE(peer->over());
  timeline.advance(1ns);
  CHECK(peer->over());
}

TEST_CASE("a client that says nothing is closed", "[net][mqtt]") {
  Bench it;
  it.a.plug();
  it.wait(20s - 1ns);
  CHECK(it.a.plugged());
  it.wait(1ns);
  CHECK(it.a.broker_spoke == 1);
  CHECK_FALSE(it.a.plugged());
}

TEST_CASE("a client that breaks the protocol is closed", "[net][mqtt]") {
  Timeline timeline;
  Broker broker{timeline, {}, {}};
  const auto peer = broker.accept();
  peer->start();
  Bytes hello, wrong;
  write(hello, as_client("a"));
  SECTION("no CONNECT first") { write(wrong, PingReq{}); }
  SECTION("a second CONNECT") {
    peer->receive(hello);
    wrong = hello;
  }
  SECTION("what only brokers say") {
    peer->receive(hello);
    write(wrong, PingResp{});
  }
  SECTION("256 MB are announced") {
    peer->receive(hello);
    wrong = {0x30, 0xFF, 0xFF, 0xFF, 0x7F};
  }
  SECTION("a packet of which the length never ends") { wrong = {0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}; }
  SECTION("another version") {
    wrong = to_bytes(std::string_view{"\x10\x0E\x00\x04MQTT\x05\x02\x00\x00\x00\x00\x01x", 16});
    peer->receive(wrong);
    CHECK(peer->take_outgoing() == Bytes{0x20, 2, 0, 1});
  }
  peer->receive(wrong);
  CHECK(peer->over());
  CHECK(broker.clients().empty());
}

TEST_CASE("a client that does not read costs the broker little", "[net][mqtt]") {
  Timeline timeline;
  Broker broker{timeline, {}, {}};
  Wired slow{timeline, broker};
  slow.connect(as_kept("slow"));
  CHECK(slow.client.subscribe({.id = 1, .subscriptions = {{"#", Qos::at_least_once}}}) == Taken::yes);
  slow.pump();
  slow.happened();
  const std::string payload(1000, 'x');
  for (int i = 0; i < 1000; ++i) {
    broker.publish(message("m", payload));
    broker.publish(message("m", "", Qos::at_least_once));
  }
  slow.pump();
  const auto got = slow.happened();
  const auto acknowledged = std::count_if(got.begin(), got.end(), [](const auto& one) { return one[8] != '0'; });
  CHECK(acknowledged == Broker::kMostUnanswered + Broker::kMostQueued);
  CHECK(got.size() - static_cast<std::size_t>(acknowledged) == Broker::kMostOutgoing / 1006 + 1);
  broker.publish(message("m", "at last"));
  slow.pump();
  CHECK(slow.happened() == Events{"message 0 m at last"});
}
