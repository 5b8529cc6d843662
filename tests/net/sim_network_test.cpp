// SPDX-License-Identifier: Apache-2.0
// What the simulated internet offers beyond the contract that conformance_test.cpp holds.
#include "net/sim/sim_network.hpp"

#include <fmt/core.h>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;

namespace {

struct Listening final : LinkObserver {
  bool connected = false;
  Bytes data;
  int writable = 0;
  bool closed = false;
  std::optional<NetError> error;

  void link_connected() override { connected = true; }
  void link_received(ByteSpan piece) override { append(data, piece); }
  void link_writable() override { ++writable; }
  void link_closed(std::optional<NetError> why) override {
    closed = true;
    error = why;
  }
};

/// A network, and the module's side of one connection.
struct Sim {
  Timeline timeline;
  SimNetwork network{timeline};
  Listening heard;
  std::unique_ptr<Link> link;
  std::string answer;  ///< addresses with a blank after each, or the error
  std::unique_ptr<Operation> operation;

  void connect(std::string_view host, std::uint16_t port) {
    link = network.connect(Transport::tcp, {network.address_of(host), port}, heard);
  }
  void resolve(std::string_view host) {
    operation = network.resolve(host, [this](const Bearer::Addresses& addresses) {
      answer.clear();
      if (!addresses) answer = describe(addresses.error());
      for (const auto& address : addresses.value_or(std::vector<IpAddress>{})) answer += address.text() + " ";
    });
  }
};

}  // namespace

TEST_CASE("the module's first address is the one of the application note", "[net][sim]") {
  Sim sim;
  CHECK(sim.network.local_address().text() == "10.1.83.188");
  sim.network.set_local_address({{10, 1, 83, 189}});
  CHECK(sim.network.local_address().text() == "10.1.83.189");
}

TEST_CASE("names get addresses for documentation, in order", "[net][sim]") {
  Sim sim;
  CHECK(sim.network.address_of("first.test").text() == "198.51.100.1");
  CHECK(sim.network.address_of("second.test").text() == "198.51.100.2");
  CHECK(sim.network.address_of("FIRST.test").text() == "198.51.100.1");
  sim.resolve("First.Test");
  sim.timeline.run_due();
  CHECK(sim.answer == "198.51.100.1 ");
}

TEST_CASE("a name may have several addresses, an error, or no answer", "[net][sim]") {
  Sim sim;
  sim.network.add_name("many.test", {{{192, 0, 2, 1}}, {{192, 0, 2, 2}}});
  sim.network.add_silent_name("silent.test");
  sim.network.add_failing_name("failing.test");

  sim.resolve("many.test");
  sim.timeline.run_due();
  CHECK(sim.answer == "192.0.2.1 192.0.2.2 ");
  sim.resolve("failing.test");
  sim.timeline.run_due();
  CHECK(sim.answer == "no name server");
  sim.resolve("unknown.test");
  sim.timeline.run_due();
  CHECK(sim.answer == "unknown name");
  sim.answer.clear();
  sim.resolve("silent.test");
  sim.timeline.advance(24h);
  CHECK(sim.answer.empty());
}

TEST_CASE("a peer can refuse for any reason, or never answer", "[net][sim]") {
  Sim sim;
  sim.network.refuse("peer.test", 1);
  sim.network.refuse("peer.test", 2, NetError::timed_out);
  sim.network.ignore("peer.test", 3);

  sim.connect("peer.test", 1);
  sim.timeline.run_due();
  CHECK(sim.heard.error == NetError::refused);
  sim.connect("peer.test", 2);
  sim.timeline.run_due();
  CHECK(sim.heard.error == NetError::timed_out);
  sim.connect("peer.test", 9);
  sim.timeline.run_due();
  CHECK(sim.heard.error == NetError::refused);
  sim.connect("203.0.113.1", 1);
  sim.timeline.run_due();
  CHECK(sim.heard.error == NetError::unreachable);
  sim.heard = {};
  sim.connect("peer.test", 3);
  sim.timeline.advance(24h);
  CHECK_FALSE(sim.heard.connected);
  CHECK_FALSE(sim.heard.closed);
}

TEST_CASE("a behaviour is attached when a connection is accepted", "[net][sim]") {
  Sim sim;
  sim.network.listen("echo.test", 7).on_accept = [](SimConnection& peer) {
    peer.on_received = [&peer](ByteSpan data) { peer.send(data); };
    peer.send("welcome ");
  };
  sim.connect("echo.test", 7);
  sim.timeline.run_due();
  CHECK(sim.link->send(as_bytes("hello")) == 5);
  sim.timeline.run_due();
  CHECK(to_text(sim.heard.data) == "welcome hello");
}

TEST_CASE("the peer can be asked what it got since the last time", "[net][sim]") {
  Sim sim;
  auto& listener = sim.network.listen("peer.test", 1);
  sim.connect("peer.test", 1);
  sim.timeline.run_due();
  auto& peer = listener.last();
  CHECK(peer.open());
  sim.link->send(as_bytes("one"));
  sim.timeline.run_due();
  CHECK(to_text(peer.take_received()) == "one");
  sim.link->send(as_bytes("two"));
  sim.timeline.run_due();
  CHECK(to_text(peer.take_received()) == "two");
  CHECK(to_text(peer.received()) == "onetwo");
  CHECK(peer.pieces().size() == 2);
  sim.link.reset();
  CHECK(peer.open());
  sim.timeline.run_due();
  CHECK(peer.ended_by_module());
  CHECK_FALSE(peer.open());
}

TEST_CASE("the window's size is the listener's", "[net][sim]") {
  Sim sim;
  auto& listener = sim.network.listen("peer.test", 1);
  listener.window = 100;
  sim.connect("peer.test", 1);
  sim.timeline.run_due();
  listener.last().stop_reading();
  CHECK(sim.link->send(Bytes(60)) == 60);
  CHECK(sim.link->send(Bytes(60)) == 40);
  CHECK(sim.link->send(Bytes(60)) == 0);
  sim.timeline.run_due();
  CHECK(sim.link->unacknowledged() == 100);
  listener.last().resume_reading();
  sim.timeline.run_due();
  CHECK(sim.heard.writable == 1);
  CHECK(sim.link->unacknowledged() == 0);
}

TEST_CASE("what a paused module has not taken can be seen", "[net][sim]") {
  Sim sim;
  auto& listener = sim.network.listen("peer.test", 1);
  sim.connect("peer.test", 1);
  sim.timeline.run_due();
  sim.link->pause();
  listener.last().send(Bytes(10'000));
  sim.timeline.run_due();
  CHECK(listener.last().undelivered() == 10'000);
  sim.link->resume();
  sim.timeline.run_due();
  CHECK(listener.last().undelivered() == 0);
  CHECK(sim.heard.data.size() == 10'000);
}

TEST_CASE("latency delays everything and changes no order", "[net][sim]") {
  Sim sim;
  sim.network.set_latency(100ms);
  auto& listener = sim.network.listen("peer.test", 1);
  sim.resolve("peer.test");
  sim.timeline.advance(199ms);
  CHECK(sim.answer.empty());
  sim.timeline.advance(1ms);
  CHECK(sim.answer == "198.51.100.1 ");

  sim.connect("peer.test", 1);
  sim.timeline.advance(100ms);
  CHECK(listener.connections.size() == 1);
  sim.timeline.advance(99ms);
  CHECK_FALSE(sim.heard.connected);
  sim.timeline.advance(1ms);
  CHECK(sim.heard.connected);

  sim.link->send(as_bytes("slow "));
  sim.network.set_latency(0ms);
  sim.link->send(as_bytes("fast"));
  sim.timeline.advance(99ms);
  CHECK(listener.last().received().empty());
  CHECK(sim.link->unacknowledged() == 9);
  sim.timeline.advance(1ms);
  CHECK(to_text(listener.last().received()) == "slow fast");
  CHECK(sim.link->unacknowledged() == 0);

  sim.network.set_latency(100ms);
  listener.last().send("last words");
  listener.last().close();
  sim.timeline.advance(99ms);
  CHECK(sim.heard.data.empty());
  sim.timeline.advance(1ms);
  CHECK(to_text(sim.heard.data) == "last words");
  CHECK(sim.heard.closed);
}

TEST_CASE("each operation in turn can fail, until none is left", "[net][sim]") {
  std::vector<std::string> outcomes;
  for (std::size_t n = 1;; ++n) {
    Sim sim;
    auto& listener = sim.network.listen("peer.test", 1);
    listener.on_accept = [](SimConnection& peer) { peer.on_received = [&peer](ByteSpan data) { peer.send(data); }; };
    sim.network.fail_operation(n);
    sim.resolve("peer.test");
    sim.timeline.run_due();
    sim.connect("peer.test", 1);
    sim.timeline.run_due();
    const auto sent = sim.link->send(as_bytes("x"));
    sim.timeline.run_due();
    if (sim.network.operations() < n) {
      CHECK(to_text(sim.heard.data) == "x");
      break;
    }
    const bool peer_knows = !listener.connections.empty() && listener.last().ended_by_module();
    outcomes.push_back(
        fmt::format("{}| {} {} {}", sim.answer, sent, sim.heard.error ? describe(*sim.heard.error) : "-", peer_knows));
    CHECK(sim.heard.data.empty() == (n > 1));
  }
  CHECK(outcomes == std::vector<std::string>{"no name server| 1 - false", "198.51.100.1 | 0 out of sockets false",
                                             "198.51.100.1 | 0 connection reset true",
                                             "198.51.100.1 | 1 connection reset true"});
}

TEST_CASE("links left open are counted", "[net][sim]") {
  Sim sim;
  sim.network.listen("peer.test", 1);
  CHECK(sim.network.open_links() == 0);
  sim.connect("peer.test", 1);
  sim.timeline.run_due();
  CHECK(sim.network.open_links() == 1);
  sim.link.reset();
  CHECK(sim.network.open_links() == 0);
}

TEST_CASE("a link may outlive its network", "[net][sim]") {
  Timeline timeline;
  Listening heard;
  auto network = std::make_unique<SimNetwork>(timeline);
  network->listen("peer.test", 1);
  const Endpoint peer{network->address_of("peer.test"), 1};
  const auto connected = network->connect(Transport::tcp, peer, heard);
  timeline.run_due();
  const auto connecting = network->connect(Transport::tcp, peer, heard);
  const auto datagrams = network->connect(Transport::udp, peer, heard);
  network.reset();
  timeline.run_due();
  CHECK(connected->send(as_bytes("x")) == 1);
  CHECK(datagrams->send(as_bytes("x")) == 1);
  timeline.run_due();
  CHECK_FALSE(heard.closed);
}
