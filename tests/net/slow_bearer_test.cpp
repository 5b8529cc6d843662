// SPDX-License-Identifier: Apache-2.0
// When things happen; that they happen at all is checked in conformance_test.cpp.
#include "net/faults/slow_bearer.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "net/sim/sim_network.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;

namespace {

/// Writes down what it hears, each with its time in milliseconds.
struct Diary final : LinkObserver {
  explicit Diary(const Timeline& t) : timeline{t} {}
  const Timeline& timeline;
  std::string text;

  void note(std::string_view what) { text += fmt::format("{}:{} ", timeline.now().time_since_epoch() / 1ms, what); }
  void link_connected() override { note("connected"); }
  void link_received(ByteSpan data) override { note(as_text(data)); }
  void link_writable() override { note("writable"); }
  void link_closed(std::optional<NetError> error) override { note(error ? describe(*error) : "end"); }
};

struct Slow {
  Timeline timeline;
  SimNetwork network{timeline};
  Duration round_trip = 100ms;
  std::unique_ptr<SlowBearer> bearer = std::make_unique<SlowBearer>(network, timeline, [this] { return round_trip; });
  SimListener& listener = network.listen("peer.test", 1);
  Diary heard{timeline};
  std::unique_ptr<Link> link;

  void connect() {
    link = bearer->connect(Transport::tcp, {network.address_of("peer.test"), 1}, heard);
    timeline.advance(round_trip);
    heard.text.clear();
  }
  std::string received() { return to_text(listener.last().received()); }
};

}  // namespace

TEST_CASE("a look-up takes one round-trip time", "[net][slow]") {
  Slow slow;
  int answers = 0;
  const auto operation = slow.bearer->resolve("peer.test", [&](const Bearer::Addresses&) { ++answers; });
  auto abandoned = slow.bearer->resolve("peer.test", [&](const Bearer::Addresses&) { ++answers; });
  slow.timeline.advance(99ms);
  CHECK(answers == 0);
  abandoned.reset();
  slow.timeline.advance(1ms);
  CHECK(answers == 1);
}

TEST_CASE("a connection takes one round-trip time, a refused one too", "[net][slow]") {
  Slow slow;
  slow.link = slow.bearer->connect(Transport::tcp, {slow.network.address_of("peer.test"), 1}, slow.heard);
  const auto refused = slow.bearer->connect(Transport::tcp, {slow.network.address_of("peer.test"), 2}, slow.heard);
  slow.timeline.advance(1s);
  CHECK(slow.heard.text == "100:connected 100:connection refused ");
}

TEST_CASE("data takes half a round-trip time each way, the acknowledgement the other half", "[net][slow]") {
  Slow slow;
  slow.connect();
  CHECK(slow.link->send(as_bytes("question")) == 8);
  CHECK(slow.link->unacknowledged() == 8);
  slow.timeline.advance(49ms);
  CHECK(slow.received().empty());
  slow.timeline.advance(1ms);
  CHECK(slow.received() == "question");
  CHECK(slow.link->unacknowledged() == 8);
  slow.timeline.advance(50ms);
  CHECK(slow.link->unacknowledged() == 0);

  slow.listener.last().send("answer");
  slow.listener.last().close();
  slow.timeline.advance(1s);
  CHECK(slow.heard.text == "250:answer 250:end ");
}

TEST_CASE("nothing overtakes when the times drawn shrink", "[net][slow]") {
  Slow slow;
  slow.connect();
  slow.link->send(as_bytes("a"));
  slow.listener.last().send("A");
  slow.timeline.run_due();
  slow.round_trip = 0ms;
  slow.link->send(as_bytes("b"));
  slow.listener.last().send("B");
  slow.timeline.run_due();
  CHECK(slow.heard.text.empty());
  CHECK(slow.received().empty());
  slow.timeline.advance(50ms);
  CHECK(slow.heard.text == "150:A 150:B ");
  CHECK(slow.received() == "ab");
}

TEST_CASE("a time of zero adds nothing, not even an entry", "[net][slow]") {
  Slow slow;
  slow.round_trip = 0ms;
  int answers = 0;
  const auto operation = slow.bearer->resolve("peer.test", [&](const Bearer::Addresses&) { ++answers; });
  slow.connect();
  CHECK(answers == 1);
  CHECK(slow.link->send(as_bytes("x")) == 1);
  slow.timeline.run_due();
  CHECK(slow.received() == "x");
  CHECK(slow.timeline.idle());
  slow.link.reset();
  CHECK(slow.network.open_links() == 0);
}

TEST_CASE("what is under way while the module pauses waits for it", "[net][slow]") {
  Slow slow;
  slow.connect();
  slow.listener.last().send("A");
  slow.timeline.advance(20ms);
  slow.link->pause();
  slow.listener.last().send("B");
  slow.timeline.advance(1s);
  CHECK(slow.heard.text.empty());
  CHECK(slow.listener.last().undelivered() == 1);
  slow.link->resume();
  slow.timeline.advance(1s);
  CHECK(slow.heard.text == "1120:A 1170:B ");
}

TEST_CASE("a full window opens when half of it is on its way", "[net][slow]") {
  Slow slow;
  slow.listener.window = 1'000'000;
  slow.connect();
  const Bytes block(50'000, 'x');
  CHECK(slow.link->send(block) == 50'000);
  CHECK(slow.link->send(block) == 15'536);
  CHECK(slow.link->send(block) == 0);
  slow.timeline.advance(1s);
  CHECK(slow.heard.text == "150:writable ");
}

TEST_CASE("a destroyed link ends after its data, half a round-trip time later", "[net][slow]") {
  Slow slow;
  slow.connect();
  slow.link->send(as_bytes("last words"));
  slow.link.reset();
  slow.timeline.advance(49ms);
  CHECK(slow.listener.last().open());
  slow.timeline.advance(1ms);
  CHECK(slow.received() == "last words");
  CHECK(slow.listener.last().ended_by_module());
  CHECK(slow.network.open_links() == 0);
}

TEST_CASE("a destroyed link whose peer does not read is given up after ten seconds", "[net][slow]") {
  Slow slow;
  slow.listener.window = 100;
  slow.connect();
  slow.listener.last().stop_reading();
  slow.link->send(Bytes(1000));
  slow.link.reset();
  slow.timeline.advance(10s);
  CHECK(slow.network.open_links() == 1);
  slow.timeline.advance(50ms);
  CHECK(slow.network.open_links() == 0);
  CHECK(slow.timeline.idle());
}

TEST_CASE("a peer that sends on is not read while a destroyed link ends", "[net][slow]") {
  Slow slow;
  slow.round_trip = 10s;
  slow.connect();
  slow.timeline.advance(10s);
  slow.link->send(as_bytes("bye"));
  slow.link.reset();
  for (int i = 0; i < 10; ++i) {
    slow.listener.last().send(std::string(1000, 'x'));
    slow.timeline.advance(100ms);
  }
  CHECK(slow.listener.last().undelivered() == 9'000);  // the first piece was under way
  slow.timeline.advance(10s);
  CHECK(slow.received() == "bye");
  CHECK(slow.network.open_links() == 0);
}

TEST_CASE("a bearer that is destroyed hands over what is under way", "[net][slow]") {
  Slow slow;
  slow.connect();
  slow.link->send(as_bytes("last "));
  slow.link->send(as_bytes("words"));
  slow.link.reset();
  slow.bearer.reset();
  CHECK(slow.network.open_links() == 0);
  slow.timeline.run_due();
  CHECK(slow.received() == "last words");
}

TEST_CASE("a reset in the other direction ends a lingering link", "[net][slow]") {
  Slow slow;
  slow.listener.window = 100;
  slow.connect();
  slow.listener.last().stop_reading();
  slow.link->send(Bytes(1000));
  slow.link.reset();
  slow.timeline.advance(1s);
  slow.listener.last().reset();
  slow.timeline.run_due();
  CHECK(slow.network.open_links() == 0);
}

TEST_CASE("a rate adds the time of the bytes, and the links share it", "[net][slow]") {
  Slow slow;
  slow.bearer = std::make_unique<SlowBearer>(
      slow.network, slow.timeline,
      Radio{.round_trip = [] { return Duration{100ms}; }, .down_kbit_s = 8, .up_kbit_s = 4});
  slow.connect();
  CHECK(slow.link->send(Bytes(100, 'u')) == 100);  // 200 ms at 4 kbit/s, and 50 ms
  slow.timeline.advance(249ms);
  CHECK(slow.received().empty());
  slow.timeline.advance(1ms);
  CHECK(slow.received() == std::string(100, 'u'));

  Diary other{slow.timeline};
  const auto link = slow.bearer->connect(Transport::tcp, {slow.network.address_of("peer.test"), 1}, other);
  slow.timeline.advance(100ms);  // 450
  other.text.clear();
  slow.listener.connections[0]->send("first");       // 5 ms at 8 kbit/s
  slow.listener.connections[1]->send("second!!!!");  // 10 ms, after the first
  slow.timeline.advance(1s);
  CHECK(slow.heard.text == "505:first ");
  CHECK(other.text == "515:second!!!! ");
}

TEST_CASE("what a fast peer sends waits in its own window, not with us", "[net][slow]") {
  Slow slow;
  slow.bearer = std::make_unique<SlowBearer>(slow.network, slow.timeline,
                                             Radio{.round_trip = [] { return Duration{100ms}; }, .down_kbit_s = 80});
  slow.connect();
  for (int i = 0; i < 20; ++i) {
    slow.listener.last().send(std::string(10'000, 'x'));
    slow.timeline.run_due();
  }
  CHECK(slow.listener.last().undelivered() >= 100'000);
  slow.timeline.advance(21s);  // 200 kB at 10 kB a second, and a trip
  CHECK(slow.listener.last().undelivered() == 0);
  CHECK(std::count(slow.heard.text.begin(), slow.heard.text.end(), 'x') == 200'000);
}

TEST_CASE("the first packet after a silence takes longer", "[net][slow]") {
  Slow slow;
  slow.bearer = std::make_unique<SlowBearer>(slow.network, slow.timeline,
                                             Radio{.round_trip = [] { return Duration{100ms}; },
                                                   .idle_penalty = [] { return Duration{300ms}; },
                                                   .idle_after = 5s});
  slow.connect();
  slow.timeline.advance(10s);
  const auto arrives_after = [&] {
    slow.heard.text.clear();
    slow.listener.last().send("x");
    const auto start = slow.timeline.now();
    while (slow.heard.text.empty()) slow.timeline.advance(1ms);
    return (slow.timeline.now() - start) / 1ms;
  };
  CHECK(arrives_after() == 350);
  CHECK(arrives_after() == 50);
  slow.timeline.advance(4s);
  CHECK(arrives_after() == 50);
  slow.timeline.advance(6s);
  CHECK(arrives_after() == 350);
}

TEST_CASE("nothing moves in an outage, and nothing is lost", "[net][slow]") {
  const auto round_trip = GENERATE(Duration{0}, Duration{100ms});
  Slow slow;
  slow.round_trip = round_trip;
  slow.connect();
  slow.link->send(as_bytes("under way "));
  slow.bearer->stall(10s);
  const auto start = slow.timeline.now();
  slow.link->send(as_bytes("later"));
  slow.listener.last().send("answer");
  int looked_up = 0;
  const auto operation = slow.bearer->resolve("peer.test", [&](const Bearer::Addresses&) { ++looked_up; });
  slow.timeline.advance(10s - 1ms);
  CHECK(slow.received() == (round_trip == 0s ? "under way " : ""));
  CHECK(slow.heard.text.empty());
  CHECK(looked_up == 0);
  slow.timeline.advance(1ms + round_trip);
  CHECK(slow.received() == "under way later");
  CHECK(slow.heard.text == fmt::format("{}:answer ", (start + 10s).time_since_epoch() / 1ms));
  CHECK(looked_up == 1);
}

TEST_CASE("a dotted address needs no look-up", "[net][slow]") {
  Slow slow;
  int answers = 0;
  const auto operation = slow.bearer->resolve("192.0.2.1", [&](const Bearer::Addresses&) { ++answers; });
  slow.timeline.run_due();
  CHECK(answers == 1);
}
