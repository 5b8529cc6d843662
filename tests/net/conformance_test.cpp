// SPDX-License-Identifier: Apache-2.0
// What every Bearer promises (net/bearer.hpp, net/link.hpp), checked on each of them alike.
#include <algorithm>

#include "tests/net/host_world.hpp"
#include "tests/net/sim_world.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::testing;

namespace {

/// A world with one connection in it.
template <class W>
struct Connected {
  W world;
  Recorder heard{world};
  Endpoint peer = world.listen(Transport::tcp);
  std::unique_ptr<Link> link = world.bearer().connect(Transport::tcp, peer, heard);
  FarEnd* far = nullptr;

  Connected() {
    REQUIRE(world.run_until([&] { return heard.connected && world.accepted(0); }));
    far = world.accepted(0);
  }
  ~Connected() { CHECK(heard.violations == std::vector<std::string>{}); }

  /// Waits until a whole round trip on another connection is over: whatever was going to happen has happened.
  void fence() {
    Recorder other_heard{world};
    const auto before = fences_++;
    const auto other = world.bearer().connect(Transport::tcp, peer, other_heard);
    REQUIRE(world.run_until([&] { return other_heard.connected && world.accepted(before + 1); }));
    world.accepted(before + 1)->send("fence");
    REQUIRE(world.run_until([&] { return other_heard.text() == "fence"; }));
    CHECK(other->send(as_bytes("fence")) == 5);
    REQUIRE(world.run_until([&] { return world.accepted(before + 1)->text() == "fence"; }));
  }

  /// Sends until nothing is taken any more, however long one waits. Returns how much that was.
  std::size_t fill() {
    const Bytes block(50'000, 'x');
    std::size_t total = 0;
    for (bool progress = true; progress; fence()) {
      progress = false;
      while (const auto taken = link->send(block)) {
        total += taken;
        progress = true;
      }
    }
    return total;
  }

 private:
  std::size_t fences_ = 0;
};

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8));
  return bytes;
}

}  // namespace

TEMPLATE_TEST_CASE("a link connects, later and not at once", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  TestType world;
  Recorder heard{world};
  const auto peer = world.listen(Transport::tcp);
  const auto link = world.bearer().connect(Transport::tcp, peer, heard);
  CHECK_FALSE(heard.connected);
  CHECK(link->peer() == peer);
  CHECK(link->send(as_bytes("too early")) == 0);
  CHECK(world.run_until([&] { return heard.connected; }));
  CHECK(link->peer() == peer);
  CHECK(link->unacknowledged() == 0);
  CHECK(heard.violations.empty());
}

TEMPLATE_TEST_CASE("a port without listener refuses", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  TestType world;
  Recorder heard{world};
  const auto link = world.bearer().connect(Transport::tcp, world.nobody(), heard);
  CHECK_FALSE(heard.closed);
  REQUIRE(world.run_until([&] { return heard.closed; }));
  CHECK(heard.error == NetError::refused);
  CHECK_FALSE(heard.connected);
  CHECK(link->send(as_bytes("x")) == 0);
}

TEMPLATE_TEST_CASE("bytes go both ways, in order", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  CHECK(c.link->send(as_bytes("GET ")) == 4);
  CHECK(c.link->send(as_bytes("/")) == 1);
  CHECK(c.world.run_until([&] { return c.far->text() == "GET /"; }));
  c.far->send("200 ");
  c.far->send("OK");
  CHECK(c.world.run_until([&] { return c.heard.text() == "200 OK"; }));
  CHECK(c.world.run_until([&] { return c.link->unacknowledged() == 0; }));
}

TEMPLATE_TEST_CASE("large amounts arrive whole", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  const auto all = pattern(1'000'000);

  SECTION("to the peer") {
    ByteSpan rest{all};
    CHECK(c.world.run_until([&] {
      rest = rest.subspan(c.link->send(rest));
      return c.far->received().size() == all.size();
    }));
    CHECK(c.far->received() == all);
  }
  SECTION("from the peer, in pieces of at most 4096 bytes") {
    c.far->send(all);
    CHECK(c.world.run_until([&] { return c.heard.data.size() == all.size(); }));
    CHECK(c.heard.data == all);
    CHECK(std::all_of(c.heard.pieces.begin(), c.heard.pieces.end(), [](const Bytes& p) { return p.size() <= 4096; }));
  }
}

TEMPLATE_TEST_CASE("the peer's end comes after all its data", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  const auto all = pattern(100'000);
  c.far->send(all);
  c.far->close();
  REQUIRE(c.world.run_until([&] { return c.heard.closed; }));
  CHECK(c.heard.error == std::nullopt);
  CHECK(c.heard.data == all);
  CHECK(c.link->send(as_bytes("too late")) == 0);
}

TEMPLATE_TEST_CASE("a reset by the peer is told as such", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  c.far->reset();
  REQUIRE(c.world.run_until([&] { return c.heard.closed; }));
  CHECK(c.heard.error == NetError::reset);
  CHECK(c.link->send(as_bytes("x")) == 0);
}

TEMPLATE_TEST_CASE("a paused link delivers nothing until it is resumed", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  Connected<TestType> c;
  c.link->pause();
  c.far->send("first");
  c.far->close();
  c.fence();
  // A real socket may have had one read under way.
  CHECK(c.heard.pieces.size() <= 1);
  CHECK_FALSE(c.heard.closed);
  c.link->pause();
  c.link->resume();
  c.link->resume();
  CHECK(c.world.run_until([&] { return c.heard.closed; }));
  CHECK(c.heard.text() == "first");
}

TEMPLATE_TEST_CASE("pausing from within a delivery holds back the rest", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  Connected<TestType> c;
  c.heard.on_received = [&] { c.link->pause(); };
  const auto all = pattern(300'000);
  c.far->send(all);
  c.fence();
  CHECK(c.heard.pieces.size() == 1);
  for (std::size_t n = 1; c.heard.data.size() < all.size(); ++n) {
    CHECK(c.heard.pieces.size() == n);
    c.link->resume();
    REQUIRE(c.world.run_until([&] { return c.heard.pieces.size() > n; }));
  }
  CHECK(c.heard.data == all);
}

TEMPLATE_TEST_CASE("the window fills while the peer does not read, and opens again", "[net]", SimWorld, HostWorld,
                   SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  c.far->stop_reading();
  const auto taken = c.fill();
  CHECK(taken > 0);
  CHECK(c.link->unacknowledged() > 0);
  CHECK(c.link->send(as_bytes("x")) == 0);
  // The operating system may have found more room while it was filled.
  const auto before = c.heard.writable;

  c.far->resume_reading();
  CHECK(c.world.run_until([&] { return c.heard.writable == before + 1; }));
  CHECK(c.link->send(as_bytes("y")) == 1);
  CHECK(c.world.run_until([&] { return c.far->received().size() == taken + 1; }));
  CHECK(c.world.run_until([&] { return c.link->unacknowledged() == 0; }));
  CHECK(c.heard.writable == before + 1);
}

TEMPLATE_TEST_CASE("a destroyed link still sends what it took, then ends in order", "[net]", SimWorld, HostWorld,
                   SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  c.far->stop_reading();
  const auto taken = c.fill();
  c.link.reset();
  c.fence();
  CHECK(c.far->ended() == FarEnd::End::none);
  c.far->resume_reading();
  CHECK(c.world.run_until([&] { return c.far->ended() != FarEnd::End::none; }));
  CHECK(c.far->ended() == FarEnd::End::in_order);
  CHECK(c.far->received().size() == taken);
  CHECK_FALSE(c.heard.closed);
}

TEMPLATE_TEST_CASE("an aborted link resets and drops what is queued", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  Connected<TestType> c;
  c.far->stop_reading();
  c.fill();
  c.link->abort();
  CHECK(c.link->send(as_bytes("x")) == 0);
  CHECK(c.link->unacknowledged() == 0);
  c.far->resume_reading();
  CHECK(c.world.run_until([&] { return c.far->ended() != FarEnd::End::none; }));
  CHECK(c.far->ended() == FarEnd::End::reset);
  c.link->abort();
  c.link.reset();
  c.fence();
  CHECK_FALSE(c.heard.closed);
}

TEMPLATE_TEST_CASE("a link may be destroyed from within any call to its observer", "[net]", SimWorld, HostWorld,
                   SlowWorld, UnslowedWorld) {
  TestType world;
  Recorder heard{world};
  const auto peer = world.listen(Transport::tcp);
  std::unique_ptr<Link> link;
  const auto drop = [&] { link.reset(); };

  SECTION("connected") {
    heard.on_connected = drop;
    link = world.bearer().connect(Transport::tcp, peer, heard);
    CHECK(world.run_until([&] { return world.accepted(0) && world.accepted(0)->ended() == FarEnd::End::in_order; }));
  }
  SECTION("received") {
    heard.on_received = drop;
    link = world.bearer().connect(Transport::tcp, peer, heard);
    REQUIRE(world.run_until([&] { return world.accepted(0) && heard.connected; }));
    world.accepted(0)->send(pattern(50'000));
    CHECK(world.run_until([&] { return world.accepted(0)->ended() != FarEnd::End::none; }));
    CHECK(heard.pieces.size() == 1);
  }
  SECTION("closed by the peer") {
    heard.on_closed = drop;
    link = world.bearer().connect(Transport::tcp, peer, heard);
    REQUIRE(world.run_until([&] { return world.accepted(0) && heard.connected; }));
    world.accepted(0)->close();
    CHECK(world.run_until([&] { return !link && world.accepted(0)->ended() == FarEnd::End::in_order; }));
  }
  SECTION("reset by the peer") {
    heard.on_closed = drop;
    link = world.bearer().connect(Transport::tcp, peer, heard);
    REQUIRE(world.run_until([&] { return world.accepted(0) && heard.connected; }));
    world.accepted(0)->reset();
    CHECK(world.run_until([&] { return heard.closed; }));
  }
  SECTION("not connected") {
    heard.on_closed = drop;
    link = world.bearer().connect(Transport::tcp, world.nobody(), heard);
    CHECK(world.run_until([&] { return heard.closed; }));
  }
  CHECK_FALSE(link);
  CHECK(heard.violations.empty());
}

TEMPLATE_TEST_CASE("a link destroyed while it connects is never heard of", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  Connected<TestType> c;
  Recorder heard{c.world};
  c.world.bearer().connect(Transport::tcp, c.world.nobody(), heard).reset();
  c.fence();
  CHECK_FALSE(heard.closed);
}

TEMPLATE_TEST_CASE("UDP keeps datagrams apart", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  TestType world;
  Recorder heard{world};
  const auto peer = world.listen(Transport::udp);
  const auto link = world.bearer().connect(Transport::udp, peer, heard);
  CHECK_FALSE(heard.connected);
  CHECK(link->send(as_bytes("too early")) == 0);
  REQUIRE(world.run_until([&] { return heard.connected; }));
  CHECK(link->peer() == peer);

  const auto large = pattern(1460);
  CHECK(link->send(large) == large.size());
  CHECK(world.run_until([&] { return world.accepted(0) && world.accepted(0)->datagrams().size() == 1; }));
  CHECK(link->send(as_bytes("b")) == 1);
  CHECK(world.run_until([&] { return world.accepted(0)->datagrams().size() == 2; }));
  CHECK(world.accepted(0)->datagrams() == std::vector<Bytes>{large, to_bytes("b")});
  CHECK(link->unacknowledged() == 0);

  const auto larger = pattern(8000);
  world.accepted(0)->send("one");
  world.accepted(0)->send(larger);
  CHECK(world.run_until([&] { return heard.pieces.size() == 2; }));
  CHECK(heard.pieces == std::vector<Bytes>{to_bytes("one"), larger});
  CHECK_FALSE(heard.closed);
  CHECK(heard.violations.empty());
}

TEMPLATE_TEST_CASE("a datagram nobody hears is lost without a word", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  Connected<TestType> c;
  Recorder heard{c.world};
  const auto link = c.world.bearer().connect(Transport::udp, c.world.nobody(), heard);
  REQUIRE(c.world.run_until([&] { return heard.connected; }));
  for (int i = 0; i < 3; ++i) {
    CHECK(link->send(as_bytes("anybody?")) == 8);
    c.fence();
  }
  CHECK_FALSE(heard.closed);
}

TEMPLATE_TEST_CASE("names are looked up, later and not at once", "[net]", SimWorld, HostWorld, SlowWorld,
                   UnslowedWorld) {
  TestType world;
  const auto peer = world.listen(Transport::tcp);
  std::optional<Bearer::Addresses> answer;

  SECTION("a name") {
    const auto operation = world.bearer().resolve(world.name(), [&](Bearer::Addresses a) { answer = a; });
    CHECK_FALSE(answer);
    REQUIRE(world.run_until([&] { return answer.has_value(); }));
    REQUIRE(answer->has_value());
    CHECK((*answer)->front() == peer.address);
  }
  SECTION("a dotted address is itself") {
    const auto operation = world.bearer().resolve("203.0.113.7", [&](Bearer::Addresses a) { answer = a; });
    CHECK_FALSE(answer);
    REQUIRE(world.run_until([&] { return answer.has_value(); }));
    CHECK(*answer == Bearer::Addresses{{IpAddress{{203, 0, 113, 7}}}});
  }
  SECTION("nonsense is not found") {
    const auto operation = world.bearer().resolve("no such host!", [&](Bearer::Addresses a) { answer = a; });
    REQUIRE(world.run_until([&] { return answer.has_value(); }));
    CHECK_FALSE(answer->has_value());
  }
  SECTION("the operation may be destroyed in its answer") {
    std::unique_ptr<Operation> operation;
    operation = world.bearer().resolve(world.name(), [&](Bearer::Addresses a) {
      operation.reset();
      answer = a;
    });
    CHECK(world.run_until([&] { return answer.has_value(); }));
  }
}

TEMPLATE_TEST_CASE("an abandoned look-up never answers", "[net]", SimWorld, HostWorld, SlowWorld, UnslowedWorld) {
  Connected<TestType> c;
  bool answered = false;
  c.world.bearer().resolve(c.world.name(), [&](const Bearer::Addresses&) { answered = true; }).reset();
  std::optional<Bearer::Addresses> second;
  const auto operation = c.world.bearer().resolve(c.world.name(), [&](Bearer::Addresses a) { second = a; });
  REQUIRE(c.world.run_until([&] { return second.has_value(); }));
  c.fence();
  CHECK_FALSE(answered);
}
