// SPDX-License-Identifier: Apache-2.0
#include <initializer_list>

#include "net/mqtt/codec.hpp"
#include "net/mqtt/topic.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net::mqtt;

namespace {

constexpr std::size_t kMost = 1000;

Bytes written(const Packet& packet) {
  Bytes bytes;
  write(bytes, packet);
  return bytes;
}

/// What came out of a reader that was given `bytes` in pieces of `length`.
struct Reading {
  std::vector<Packet> packets;
  std::string error;
  std::size_t most_held = 0;

  Reading(ByteSpan bytes, std::size_t length, Version version = Version::v3_1_1) {
    PacketReader reader{kMost};
    reader.speak(version);
    while (!bytes.empty() && error.empty()) {
      auto piece = bytes.first(std::min(length, bytes.size()));
      bytes = bytes.subspan(piece.size());
      take(reader, piece);
      most_held = std::max(most_held, reader.held());
    }
  }

 private:
  void take(PacketReader& reader, ByteSpan piece) {
    while (error.empty()) {
      const auto packet = reader.take(piece);
      if (!packet) {
        error = packet.error().what;
      } else if (*packet) {
        packets.push_back(**packet);
      } else {
        CHECK(piece.empty());
        return;
      }
    }
  }
};

std::string error_of(std::string_view bytes, Version version = Version::v3_1_1) {
  const Reading whole{as_bytes(bytes), bytes.size(), version}, cut{as_bytes(bytes), 1, version};
  CHECK(whole.error == cut.error);
  CHECK(whole.packets.empty());
  CHECK(cut.packets.empty());
  return whole.error;
}

/// A text with zeros in it.
template <std::size_t Size>
std::string raw(const char (&bytes)[Size]) {
  return {bytes, Size - 1};
}

const std::initializer_list<Packet> kOfEveryType{
    Connect{
        .version = Version::v3_1, .client_id = "meter7", .keep_alive_s = 60, .will = {}, .user = {}, .password = {}},
    Connect{.client_id = "",
            .clean_session = false,
            .keep_alive_s = 65535,
            .will = Will{"m/7/state", to_bytes("lost"), Qos::exactly_once, true},
            .user = "u",
            .password = to_bytes("p\x01")},
    Connect{.client_id = "a", .will = Will{"w", {}, Qos::at_least_once, false}, .user = "only a user", .password = {}},
    ConnAck{true, ConnectCode::accepted},
    ConnAck{false, ConnectCode::not_authorized},
    Publish{.topic = "a/b", .payload = to_bytes("on")},
    Publish{.topic = "a", .payload = {}, .qos = Qos::at_least_once, .retain = true, .id = 1},
    Publish{.topic = "\xC3\xA4", .payload = Bytes(300, 0), .qos = Qos::exactly_once, .dup = true, .id = 65535},
    PubAck{1},
    PubRec{2},
    PubRel{3, false},
    PubComp{0xABCD},
    Subscribe{.id = 1, .subscriptions = {{"m/#", Qos::at_most_once}, {"+", Qos::exactly_once}}},
    SubAck{1, {0, 2, kSubscriptionRefused}},
    Unsubscribe{.id = 7, .filters = {"m/#", "x"}},
    UnsubAck{7},
    PingReq{},
    PingResp{},
    Disconnect{},
};

}  // namespace

TEST_CASE("packets of every type come out as they went in, however they are cut", "[net][mqtt]") {
  const std::vector<Packet> packets{kOfEveryType};
  Bytes stream;
  for (const auto& packet : packets) append(stream, written(packet));
  const auto length = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{100}, std::size_t{100'000});
  const Reading reading{stream, length};
  CHECK(reading.error.empty());
  CHECK(reading.packets == packets);
  CHECK(reading.most_held <= kMost);
}

TEST_CASE("packets are written as the standards print them", "[net][mqtt]") {
  const auto text = [](const Packet& packet) { return to_text(written(packet)); };
  CHECK(text(Connect{.client_id = "abc", .keep_alive_s = 10, .will = {}, .user = {}, .password = {}}) ==
        raw("\x10\x0F\x00\x04MQTT\x04\x02\x00\x0A\x00\x03"
            "abc"));
  CHECK(text(Connect{.version = Version::v3_1,
                     .client_id = "abc",
                     .clean_session = false,
                     .will = Will{"t", to_bytes("m"), Qos::at_least_once, true},
                     .user = "u",
                     .password = to_bytes("p")}) == raw("\x10\x1D\x00\x06MQIsdp\x03\xEC\x00\x00\x00\x03"
                                                        "abc\x00\x01t\x00\x01m\x00\x01u\x00\x01p"));
  CHECK(text(ConnAck{true, ConnectCode::bad_user_or_password}) == raw("\x20\x02\x01\x04"));
  CHECK(
      text(Publish{.topic = "a/b", .payload = {}, .qos = Qos::at_least_once, .retain = true, .dup = true, .id = 10}) ==
      raw("\x3B\x07\x00\x03"
          "a/b\x00\x0A"));
  CHECK(text(PubRel{1, false}) == raw("\x62\x02\x00\x01"));
  CHECK(text(PubRel{1, true}) == raw("\x6A\x02\x00\x01"));
  CHECK(text(Subscribe{.id = 10, .subscriptions = {{"a/b", Qos::at_least_once}, {"c/d", Qos::exactly_once}}}) ==
        raw("\x82\x0E\x00\x0A\x00\x03"
            "a/b\x01\x00\x03"
            "c/d\x02"));
  CHECK(text(SubAck{10, {0, 0x80}}) == raw("\x90\x04\x00\x0A\x00\x80"));
  CHECK(text(Unsubscribe{.id = 10, .filters = {"a/b"}}) == raw("\xA2\x07\x00\x0A\x00\x03"
                                                               "a/b"));
  CHECK(text(PingReq{}) == raw("\xC0\x00"));
  CHECK(text(Disconnect{}) == raw("\xE0\x00"));
}

TEST_CASE("a remaining length has one to four digits", "[net][mqtt]") {
  const auto [size, digits] = GENERATE(table<std::size_t, std::string>({
      {0, raw("\x03")},  // and the topic's length
      {124, raw("\x7F")},
      {125, raw("\x80\x01")},
      {16380, raw("\xFF\x7F")},
      {16381, raw("\x80\x80\x01")},
      {2097149, raw("\x80\x80\x80\x01")},
  }));
  const Publish packet{.topic = "t", .payload = Bytes(size, 'x')};
  const auto bytes = written(packet);
  CHECK(to_text(ByteSpan{bytes}.subspan(1, digits.size())) == digits);
  PacketReader reader{3'000'000};
  ByteSpan rest = bytes;
  CHECK(reader.take(rest).value() == Packet{packet});
}

TEST_CASE("what is announced as too long is an error before anything of it is kept", "[net][mqtt]") {
  CHECK(error_of("\x30\xFF\xFF\xFF\x7F") == "PUBLISH of 268435455 bytes, more than the 1000 there is room for");
  CHECK(error_of("\x30\xE9\x07") == "PUBLISH of 1001 bytes, more than the 1000 there is room for");
  CHECK(error_of("\x30\x80\x80\x80\x80") == "a remaining length of more than four bytes");
  CHECK(error_of("\x20\xFF\xFF\xFF\xFF\x01") == "a remaining length of more than four bytes");

  PacketReader reader{kMost};
  const auto huge = to_bytes("\x30\xFF\xFF\xFF\x7F");
  ByteSpan bytes = huge;
  CHECK_FALSE(reader.take(bytes));
  CHECK(reader.held() == 0);
  SECTION("and nothing is taken after it") {
    const auto ping = to_bytes(raw("\xD0\x00"));
    bytes = ping;
    CHECK_FALSE(reader.take(bytes));
    CHECK(bytes.size() == ping.size());
  }
  SECTION("until there is another connection") {
    reader.restart();
    const auto ping = to_bytes(raw("\xD0\x00"));
    bytes = ping;
    CHECK(reader.take(bytes).value() == Packet{PingResp{}});
  }
}

TEST_CASE("malformed packets are refused, each for its reason", "[net][mqtt]") {
  const auto [bytes, error] = GENERATE(table<std::string, std::string>({
      // flags and types
      {raw("\x00\x00"), "a packet type that is none"},
      {raw("\xF0\x00"), "a packet type that is none"},
      {raw("\x21\x02\x00\x00"), "CONNACK with flags 0x1"},
      {raw("\x42\x02\x00\x01"), "PUBACK with flags 0x2"},
      {raw("\x60\x02\x00\x01"), "PUBREL with flags 0x0"},
      {raw("\x80\x06\x00\x01\x00\x01x\x00"), "SUBSCRIBE with flags 0x0"},
      {raw("\x8A\x06\x00\x01\x00\x01x\x00"), "SUBSCRIBE with flags 0xa"},
      {raw("\xD8\x00"), "PINGRESP with flags 0x8"},
      // lengths
      {raw("\x20\x01\x00"), "CONNACK: it ends too early"},
      {raw("\x20\x03\x00\x00\x00"), "CONNACK: more bytes than it has fields"},
      {raw("\x40\x00"), "PUBACK: it ends too early"},
      {raw("\xC0\x01\x00"), "PINGREQ: more bytes than it has fields"},
      {raw("\x30\x04\x00\x03"
           "ab"),
       "PUBLISH: a field is longer than the packet"},
      {raw("\x30\x01\x00"), "PUBLISH: it ends too early"},
      {raw("\x32\x03\x00\x01x"), "PUBLISH: it ends too early"},
      // texts and topics
      {raw("\x30\x03\x00\x01\xFF"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x03\x00\x01\x00"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x04\x00\x02\xC0\x80"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x04\x00\x02\xC3x"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x05\x00\x03\xED\xA0\x80"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x05\x00\x03\xE0\x80\x80"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x06\x00\x04\xF4\x90\x80\x80"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x06\x00\x04\xF0\x80\x80\x80"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x04\x00\x02\xE2\x82"), "PUBLISH: a text is not UTF-8"},
      {raw("\x30\x02\x00\x00"), "PUBLISH: a topic that nothing can be published to"},
      {raw("\x30\x05\x00\x03"
           "a/#"),
       "PUBLISH: a topic that nothing can be published to"},
      {raw("\x82\x06\x00\x01\x00\x00\x00x"), "SUBSCRIBE: a topic filter that cannot be"},
      {raw("\x82\x07\x00\x01\x00\x02"
           "a+\x00"),
       "SUBSCRIBE: a topic filter that cannot be"},
      // identifiers and QoS
      {raw("\x32\x05\x00\x01x\x00\x00"), "PUBLISH: packet identifier 0"},
      {raw("\x36\x05\x00\x01x\x00\x01"), "PUBLISH: a QoS above 2"},
      {raw("\x82\x06\x00\x01\x00\x01x\x03"), "SUBSCRIBE: a QoS above 2"},
      {raw("\xB0\x02\x00\x00"), "UNSUBACK: packet identifier 0"},
      // lists
      {raw("\x82\x02\x00\x01"), "SUBSCRIBE: no topic"},
      {raw("\x82\x05\x00\x01\x00\x01x"), "SUBSCRIBE: it ends too early"},
      {raw("\x90\x02\x00\x01"), "SUBACK: no result"},
      {raw("\x90\x03\x00\x01\x03"), "SUBACK: a result that is neither a QoS nor a refusal"},
      {raw("\xA2\x02\x00\x01"), "UNSUBSCRIBE: no topic"},
      // CONNACK and CONNECT
      {raw("\x20\x02\x02\x00"), "CONNACK: a reserved flag"},
      {raw("\x10\x0D\x00\x04HTTP\x04\x02\x00\x00\x00\x01x"), "CONNECT: another protocol"},
      {raw("\x10\x0D\x00\x04MQTT\x03\x02\x00\x00\x00\x01x"), "CONNECT: a protocol name of another version"},
      {raw("\x10\x0D\x00\x04MQTT\x04\x03\x00\x00\x00\x01x"), "CONNECT: a reserved flag"},
      {raw("\x10\x0D\x00\x04MQTT\x04\x22\x00\x00\x00\x01x"), "CONNECT: flags of a will, and no will"},
      {raw("\x10\x0D\x00\x04MQTT\x04\x0A\x00\x00\x00\x01x"), "CONNECT: flags of a will, and no will"},
      {raw("\x10\x12\x00\x04MQTT\x04\x1E\x00\x00\x00\x01x\x00\x01t\x00\x00"), "CONNECT: a QoS above 2"},
      {raw("\x10\x10\x00\x04MQTT\x04\x42\x00\x00\x00\x01x\x00\x01p"), "CONNECT: a password without a user"},
      {raw("\x10\x0D\x00\x04MQTT\x04\x82\x00\x00\x00\x01x"), "CONNECT: it ends too early"},
  }));
  CAPTURE(escaped(bytes));
  CHECK(error_of(bytes) == error);
}

TEST_CASE("3.1 marks requests that are sent again, and says nothing of sessions", "[net][mqtt]") {
  const std::vector<Packet> again{PubRel{1, true}, Subscribe{.id = 2, .subscriptions = {{"x", {}}}, .dup = true},
                                  Unsubscribe{.id = 3, .filters = {"x"}, .dup = true}};
  for (const auto& packet : again) {
    const auto bytes = written(packet);
    CHECK(Reading{bytes, 1, Version::v3_1}.packets == std::vector{packet});
    CHECK_FALSE(error_of(as_text(bytes)).empty());
  }
  CHECK(Reading{as_bytes(raw("\x20\x02\x07\x00")), 9, Version::v3_1}.packets == std::vector<Packet>{ConnAck{}});
}

TEST_CASE("a CONNECT of an unknown version is read as far as that", "[net][mqtt]") {
  const Reading five{as_bytes(raw("\x10\x0E\x00\x04MQTT\x05\x02\x00\x00\x00\x00\x01x")), 100};
  REQUIRE(five.packets.size() == 1);
  const auto& connect = std::get<Connect>(five.packets[0]);
  CHECK_FALSE(known(connect.version));
  CHECK(connect.client_id.empty());
}

TEST_CASE("topic filters", "[net][mqtt]") {
  for (const auto* filter : {"a", "/", "a/b", "+", "#", "a/+", "+/+", "a/#", "/+", "a//b", "+/b/#", " "})
    CHECK(is_filter(filter));
  for (const auto* filter : {"", "a+", "+a", "a/b+", "#/a", "a#", "a/#/b", "##"}) CHECK_FALSE(is_filter(filter));
  CHECK(is_topic("a/b"));
  for (const auto* topic : {"", "+", "a/#"}) CHECK_FALSE(is_topic(topic));
}

TEST_CASE("which topics a filter matches", "[net][mqtt]") {
  const auto [filter, topic, does] = GENERATE(table<std::string, std::string, bool>({
      {"a/b", "a/b", true},
      {"a/b", "a/B", false},
      {"a/b", "a", false},
      {"a", "a/b", false},
      {"a", "a/", false},
      {"sport/tennis/player1/#", "sport/tennis/player1", true},
      {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
      {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
      {"sport/#", "sports", false},
      {"#", "a/b/c", true},
      {"sport/tennis/+", "sport/tennis/player1", true},
      {"sport/tennis/+", "sport/tennis/player1/ranking", false},
      {"sport/+", "sport", false},
      {"sport/+", "sport/", true},
      {"+/+", "/finance", true},
      {"/+", "/finance", true},
      {"+", "/finance", false},
      {"+/b/#", "a/b", true},
      {"#", "$SYS/uptime", false},
      {"+/uptime", "$SYS/uptime", false},
      {"$SYS/#", "$SYS/uptime", true},
  }));
  CAPTURE(filter, topic);
  CHECK(matches(filter, topic) == does);
}
