// SPDX-License-Identifier: Apache-2.0
#include "net/falling_bearer.hpp"

#include "net/faults/slow_bearer.hpp"
#include "net/sim/sim_network.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;

namespace {

struct Diary final : LinkObserver {
  std::string text;
  void link_connected() override { text += "connected "; }
  void link_received(ByteSpan data) override { text += std::string{as_text(data)} + " "; }
  void link_closed(std::optional<NetError> error) override {
    text += std::string{error ? describe(*error) : "end"} + " ";
  }
};

struct Gate final : ListenObserver {
  explicit Gate(LinkObserver& guest) : guest_{guest} {}
  std::string text;
  std::unique_ptr<Link> link;

 private:
  void listening() override { text += "listening "; }
  void listen_failed(NetError error) override { text += std::string{describe(error)} + " "; }
  void connection_arrived(Endpoint, const Accept& accept) override { link = accept(guest_); }

  LinkObserver& guest_;
};

struct Falling {
  Timeline timeline;
  SimNetwork network{timeline};
  FallingBearer bearer{timeline, network};
  SimListener& listener = network.listen("peer.test", 123, Transport::udp);
  Endpoint peer{network.address_of("peer.test"), 123};
  Diary heard;

  std::string resolved;
  std::unique_ptr<Operation> look_up(std::string_view name) {
    return bearer.resolve(name, [this](const Bearer::Addresses& found) {
      resolved = found ? found->front().text() : std::string{describe(found.error())};
    });
  }
};

}  // namespace

TEST_CASE("a bearer that is up is the one beneath it", "[net][falling]") {
  Falling world;
  world.bearer.rise();
  const auto look_up = world.look_up("peer.test");
  auto link = world.bearer.connect(Transport::udp, world.peer, world.heard);
  world.timeline.advance(1s);
  CHECK(world.resolved == world.peer.address.text());
  CHECK(link->send(as_bytes("ask")) == 3);
  world.timeline.advance(1s);
  world.listener.last().send("answer");
  world.timeline.advance(1s);
  CHECK(world.heard.text == "connected answer ");
  link.reset();
  CHECK(world.network.open_links() == 0);
}

TEST_CASE("what is under way ends when the bearer falls, and nothing more goes out", "[net][falling]") {
  Falling world;
  world.network.add_silent_name("silent.test");
  world.network.ignore_pings(world.peer.address);
  world.bearer.rise();
  const auto look_up = world.look_up("silent.test");
  auto link = world.bearer.connect(Transport::udp, world.peer, world.heard);
  std::optional<NetError> echo;
  const auto ping = world.bearer.ping(world.peer.address, 32, [&](const Bearer::Echoed& answer) {
    if (!answer) echo = answer.error();
  });
  world.timeline.advance(1s);
  link->send(as_bytes("one"));
  world.timeline.advance(1s);
  world.bearer.fall();
  CHECK(world.resolved.empty());  // later, through the Timeline
  CHECK(link->send(as_bytes("two")) == 0);
  CHECK(world.network.open_links() == 0);
  world.timeline.advance(1s);
  CHECK(world.resolved == "no bearer");
  CHECK(echo == NetError::no_bearer);
  CHECK(world.heard.text == "connected no bearer ");
  CHECK(as_text(world.listener.last().received()) == "one");
}

TEST_CASE("what is begun while the bearer is down fails", "[net][falling]") {
  Falling world;
  const auto look_up = world.look_up("peer.test");
  const auto link = world.bearer.connect(Transport::udp, world.peer, world.heard);
  world.timeline.advance(1s);
  CHECK(world.resolved == "no bearer");
  CHECK(world.heard.text == "no bearer ");
  CHECK(world.network.operations() == 0);
}

TEST_CASE("an operation that is given up hears nothing of the fall", "[net][falling]") {
  Falling world;
  world.network.add_silent_name("silent.test");
  world.bearer.rise();
  auto look_up = world.look_up("silent.test");
  auto link = world.bearer.connect(Transport::udp, world.peer, world.heard);
  world.timeline.advance(1s);
  world.heard.text.clear();
  world.bearer.fall();
  look_up.reset();
  link.reset();
  world.timeline.advance(1s);
  CHECK(world.resolved.empty());
  CHECK(world.heard.text.empty());
}

TEST_CASE("what a link has taken and not yet sent is lost with the bearer", "[net][falling]") {
  Timeline timeline;
  SimNetwork network{timeline};
  SlowBearer slow{network, timeline, [] { return 2s; }};
  FallingBearer bearer{timeline, slow};
  auto& listener = network.listen("peer.test", 123, Transport::udp);
  Diary heard;
  bearer.rise();
  const auto link = bearer.connect(Transport::udp, {network.address_of("peer.test"), 123}, heard);
  timeline.advance(5s);
  REQUIRE(link->send(as_bytes("one")) == 3);
  timeline.advance(5s);
  link->send(as_bytes("two"));
  bearer.fall();
  timeline.advance(1min);
  CHECK(as_text(listener.last().received()) == "one");
}

TEST_CASE("a port falls with the bearer, and so does who came in through it", "[net][falling]") {
  Falling world;
  Gate gate{world.heard};
  const Endpoint caller{{{198, 51, 100, 7}}, 40000};
  auto port = world.bearer.listen(Transport::tcp, 8080, gate);
  world.timeline.advance(1s);
  CHECK(gate.text == "no bearer ");
  world.bearer.rise();
  port = world.bearer.listen(Transport::tcp, 8080, gate);
  world.timeline.advance(1s);
  const auto guest = world.network.call_in(8080, caller);
  world.timeline.advance(1s);
  guest->send("hello");
  world.timeline.advance(1s);
  CHECK(world.heard.text == "connected hello ");
  CHECK(gate.link->peer() == caller);
  world.bearer.fall();
  world.timeline.advance(1s);
  CHECK(gate.text == "no bearer listening no bearer ");
  CHECK(world.heard.text == "connected hello no bearer ");
  CHECK_FALSE(guest->open());
  CHECK(world.network.open_links() == 0);
  const auto late = world.network.call_in(8080, caller);
  world.timeline.advance(1s);
  CHECK(late->ended_by_module());
  CHECK(world.heard.text == "connected hello no bearer ");
}
