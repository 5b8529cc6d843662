// SPDX-License-Identifier: Apache-2.0
// What an MQTT broker says to a client, and what a client says to our broker. The first octet says which of the two
// versions is spoken, and what the client has asked before.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/core.h>

#include "net/mqtt/broker.hpp"
#include "net/mqtt/client.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::net::mqtt;

namespace {

constexpr std::size_t kMostMemory = 16384;
constexpr std::size_t kMostPiece = Client::kMostOutgoing;

Version version_of(std::uint8_t choice) { return choice & 1U ? Version::v3_1 : Version::v3_1_1; }

/// A client that has asked for one of everything, and what happened to it.
class Subject {
 public:
  explicit Subject(std::uint8_t choice) {
    client_.connect({.version = version_of(choice),
                     .client_id = "fuzz",
                     .clean_session = (choice & 2U) == 0,
                     .keep_alive_s = 60,
                     .will = {},
                     .user = {},
                     .password = {}},
                    {});
    if (choice & 4U) return;
    client_.receive(Bytes{0x20, 2, 0, 0});
    const Publish one{.topic = "a", .payload = to_bytes("1"), .qos = Qos::at_least_once, .id = 1};
    const Publish two{.topic = "a", .payload = to_bytes("2"), .qos = Qos::exactly_once, .id = 2};
    fuzz::require(client_.publish(one) == Client::Taken::yes, "a request is taken");
    fuzz::require(client_.publish(two) == Client::Taken::yes, "a request is taken");
    fuzz::require(client_.subscribe({.id = 3, .subscriptions = {{"a", {}}}}) == Client::Taken::yes, "so is this");
    fuzz::require(client_.unsubscribe({.id = 4, .filters = {"a"}}) == Client::Taken::yes, "and this");
  }

  void receive(ByteSpan bytes) {
    for (; !bytes.empty() && !ended_; bytes = bytes.subspan(std::min(bytes.size(), kMostPiece))) {
      client_.receive(bytes.first(std::min(bytes.size(), kMostPiece)));
      fuzz::require(client_.held() < kMostMemory, "memory is bounded");
      append(sent_, client_.outgoing());
      client_.sent(client_.outgoing().size());
    }
  }
  void finish() {
    if (!ended_) client_.input_ended("the end");
    fuzz::require(ended_, "every connection ends");
    timeline_.advance(1h);
    fuzz::require(timeline_.idle(), "nothing goes on after the end");
  }

  const std::string& happened() const { return happened_; }
  const Bytes& sent() const { return sent_; }
  bool ended() const { return ended_; }

 private:
  void note(const ClientEvent& event) {
    fuzz::require(!ended_, "the end is the last event");
    happened_ += fmt::format("{} ", event.index());
    ended_ = std::holds_alternative<Ended>(event);
    const auto* const message = std::get_if<Message>(&event);
    if (message) happened_ += message->publish.topic + to_text(message->publish.payload);
  }

  Timeline timeline_;
  std::string happened_;
  Bytes sent_;
  bool ended_ = false;
  Client client_{timeline_, {.on_event = [this](const ClientEvent& event) { note(event); }, .on_outgoing = {}}};
};

/// What was understood is written, and understood again, as the same.
void round_trip(ByteSpan bytes, Version version) {
  PacketReader reader{100'000};
  reader.speak(version);
  for (;;) {
    const auto packet = reader.take(bytes);
    if (!packet || !*packet) return;
    const auto* const connect = std::get_if<Connect>(&**packet);
    if (connect && !known(connect->version)) continue;
    Bytes written;
    write(written, **packet);
    PacketReader again{100'000};
    again.speak(version);
    ByteSpan rest = written;
    const auto same = again.take(rest);
    fuzz::require(same && *same == *packet && rest.empty(), "a written packet is the same packet");
  }
}

/// Our broker, with a client beside that hears everything.
Bytes ask_broker(ByteSpan bytes, std::size_t length) {
  Timeline timeline;
  Broker broker{timeline, {}, {}};
  const auto beside = broker.accept();
  beside->start();
  beside->receive(Bytes{0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 1, 'b', 0x82, 6, 0, 1, 0, 1, '#', 2});
  Bytes sent;
  const auto asked = broker.accept();
  asked->start();
  for (; !bytes.empty() && !asked->over(); bytes = bytes.subspan(std::min(length, bytes.size()))) {
    asked->receive(bytes.first(std::min(length, bytes.size())));
    append(sent, asked->take_outgoing());
  }
  asked->input_ended();
  append(sent, asked->take_outgoing());
  append(sent, beside->take_outgoing());
  timeline.advance(1h);
  return sent;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto input = ByteSpan{data, size}.subspan(1);
  Subject whole{data[0]}, cut{data[0]};
  whole.receive(input);
  for (const auto byte : input) cut.receive({&byte, 1});
  fuzz::require(whole.happened() == cut.happened(), "pieces make no difference to what happens");
  // With its end a client forgets what it has not sent.
  const auto answered = whole.ended() ? cut.sent().size() >= whole.sent().size() : cut.sent() == whole.sent();
  fuzz::require(answered, "pieces make no difference to the answers");
  whole.finish();
  cut.finish();
  round_trip(input, version_of(data[0]));
  fuzz::require(ask_broker(input, input.size() + 1) == ask_broker(input, 1), "nor to our broker");
  return 0;
}
