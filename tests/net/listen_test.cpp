// SPDX-License-Identifier: Apache-2.0
// Listening ports and echo requests of each bearer (net/bearer.hpp).
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/faults/slow_bearer.hpp"
#include "net/sim/sim_network.hpp"
#include "tests/net/host_world.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::testing;

namespace {

class Port final : public ListenObserver {
 public:
  bool open = false;
  std::optional<NetError> error;
  std::vector<Endpoint> peers;
  std::unique_ptr<Link> link;
  LinkObserver* observer = nullptr;  ///< null: nobody is let in

 private:
  void listening() override { open = true; }
  void listen_failed(NetError why) override { error = why; }
  void connection_arrived(Endpoint peer, const Accept& accept) override {
    peers.push_back(peer);
    if (observer) link = accept(*observer);
  }
};

/// Hears and repeats nothing, only remembers.
class Ear final : public LinkObserver {
 public:
  bool connected = false;
  Bytes data;
  bool closed = false;

 private:
  void link_connected() override { connected = true; }
  void link_received(ByteSpan piece) override { append(data, piece); }
  void link_closed(std::optional<NetError>) override { closed = true; }
};

std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

const Endpoint kCaller{{{198, 51, 100, 7}}, 40000};

}  // namespace

TEST_CASE("a simulated peer calls in", "[net]") {
  Timeline timeline;
  SimNetwork network{timeline};
  const auto delay = GENERATE(0ms, 40ms);
  SlowBearer slow{network, timeline, [delay] { return delay; }};
  Ear ear;
  Port port;
  port.observer = &ear;
  const auto listening = slow.listen(Transport::tcp, 80, port);
  CHECK_FALSE(port.open);
  timeline.run_due();
  REQUIRE(port.open);

  const auto caller = network.call_in(80, kCaller);
  caller->send("early");
  timeline.advance(1s);
  REQUIRE(ear.connected);
  CHECK(port.peers == std::vector{kCaller});
  CHECK(port.link->peer() == kCaller);
  CHECK(as_text(ear.data) == "early");
  CHECK(port.link->send(as_bytes("hello")) == 5);
  timeline.advance(1s);
  CHECK(as_text(caller->received()) == "hello");
  caller->close();
  timeline.advance(1s);
  CHECK(ear.closed);
}

TEST_CASE("who is not let in is refused, and so is everybody after the port is closed", "[net]") {
  Timeline timeline;
  SimNetwork network{timeline};
  Port port;
  auto listening = network.listen(Transport::tcp, 80, port);
  const auto first = network.call_in(80, kCaller);
  timeline.run_due();
  CHECK(port.peers.size() == 1);
  CHECK_FALSE(first->open());

  Port second;
  const auto again = network.listen(Transport::tcp, 80, second);
  timeline.run_due();
  CHECK(second.error == NetError::no_resources);

  listening.reset();
  const auto late = network.call_in(80, kCaller);
  timeline.run_due();
  CHECK(port.peers.size() == 1);
  CHECK_FALSE(late->open());
}

TEST_CASE("a real port on the loopback interface", "[net][host]") {
  HostWorld world;
  const auto number = free_port();
  Ear server_ear, client_ear;
  Port port;
  port.observer = &server_ear;
  auto listening = world.bearer().listen(Transport::tcp, number, port);
  REQUIRE(world.run_until([&] { return port.open; }));

  Port taken;
  const auto twice = world.bearer().listen(Transport::tcp, number, taken);
  REQUIRE(world.run_until([&] { return taken.error.has_value(); }));

  const Endpoint here{{{127, 0, 0, 1}}, number};
  auto client = world.bearer().connect(Transport::tcp, here, client_ear);
  REQUIRE(world.run_until([&] { return client_ear.connected && server_ear.connected; }));
  client->send(as_bytes("ping"));
  REQUIRE(world.run_until([&] { return as_text(server_ear.data) == "ping"; }));
  port.link->send(as_bytes("pong"));
  REQUIRE(world.run_until([&] { return as_text(client_ear.data) == "pong"; }));
  client.reset();
  REQUIRE(world.run_until([&] { return server_ear.closed; }));

  listening.reset();
  Ear late;
  const auto refused = world.bearer().connect(Transport::tcp, here, late);
  CHECK(world.run_until([&] { return late.closed; }));
}

TEST_CASE("datagrams on a real port make links, and answers come from that port", "[net][host][udp]") {
  HostWorld world;
  const auto number = free_port();
  Ear server_ear, client_ear;
  Port port;
  port.observer = &server_ear;
  auto listening = world.bearer().listen(Transport::udp, number, port);
  REQUIRE(world.run_until([&] { return port.open; }));
  Port taken;
  const auto twice = world.bearer().listen(Transport::udp, number, taken);
  REQUIRE(world.run_until([&] { return taken.error.has_value(); }));

  const Endpoint here{{{127, 0, 0, 1}}, number};
  auto client = world.bearer().connect(Transport::udp, here, client_ear);
  REQUIRE(world.run_until([&] { return client_ear.connected; }));
  REQUIRE(client->send(as_bytes("ping")) == 4);
  REQUIRE(world.run_until([&] { return as_text(server_ear.data) == "ping"; }));
  CHECK(server_ear.connected);
  // The client's socket hears its peer only: what comes back comes from the port it sent to.
  REQUIRE(port.link->send(as_bytes("pong")) == 4);
  REQUIRE(world.run_until([&] { return as_text(client_ear.data) == "pong"; }));

  // While the module does not read, datagrams wait in their order.
  port.link->pause();
  for (const auto* word : {"a", "b", "c"}) client->send(as_bytes(word));
  client->send(as_bytes("d"));
  port.link->resume();
  REQUIRE(world.run_until([&] { return as_text(server_ear.data) == "pingabcd"; }));
  CHECK(port.peers.size() == 1);

  // A closed port hears nobody new; whoever was let in goes on.
  listening.reset();
  client->send(as_bytes("!"));
  REQUIRE(world.run_until([&] { return as_text(server_ear.data) == "pingabcd!"; }));
  port.link.reset();
  Port again;
  const auto reopened = world.bearer().listen(Transport::udp, number, again);
  CHECK(world.run_until([&] { return again.open; }));
}

TEST_CASE("this machine answers an echo request, where the system lets us send one", "[net][host]") {
  HostWorld world;
  std::optional<Bearer::Echoed> answer;
  const auto operation = world.bearer().ping({{127, 0, 0, 1}}, 32, [&](const Bearer::Echoed& echo) { answer = echo; });
  REQUIRE(world.run_until([&] { return answer.has_value(); }));
  if (*answer) {
    CHECK(**answer > 0);
  } else {
    CHECK(answer->error() == NetError::unreachable);
  }
}

TEST_CASE("an echo request to a peer that the rules forbid is unreachable", "[net][host][cli --allow]") {
  BearerRules rules;
  rules.allow.push_back(*HostPort::parse("example.test"));
  HostWorld world{rules};
  std::optional<Bearer::Echoed> answer;
  const auto operation = world.bearer().ping({{127, 0, 0, 1}}, 32, [&](const Bearer::Echoed& echo) { answer = echo; });
  REQUIRE(world.run_until([&] { return answer.has_value(); }));
  CHECK(answer->error() == NetError::unreachable);
}
