// SPDX-License-Identifier: Apache-2.0
// What the real network offers beyond the contract that conformance_test.cpp holds.
#include "net/host/asio_bearer.hpp"

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <sys/resource.h>

#include <fmt/core.h>

#include "net/host/host_session.hpp"
#include "net/host/name_resolver.hpp"
#include "tests/net/host_world.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::net;
using namespace quasimodem::net::testing;

namespace {

struct CollectingSink final : LogSink {
  std::vector<std::string> warnings;
  bool wants(LogLevel level) const override { return level == LogLevel::warning; }
  void write(LogLevel, std::string_view, std::string_view message) override { warnings.emplace_back(message); }
};

/// A door that look-ups in other threads wait at.
class Gate {
 public:
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    --waiting_;
    changed_.notify_all();
  }
  void wait_for(int waiting) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_ == waiting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

/// The one address a name resolves to, or the error.
std::string resolved(HostWorld& world, std::string_view name) {
  std::string answer;
  const auto operation = world.bearer().resolve(name, [&](const Bearer::Addresses& addresses) {
    answer = addresses ? addresses->front().text() : std::string{describe(addresses.error())};
    if (!world.in_timeline()) answer += " (not from the timeline)";
  });
  REQUIRE(world.run_until([&] { return !answer.empty(); }));
  return answer;
}

/// A link that is up, and the peer that has accepted it.
struct Connected {
  Connected() {
    REQUIRE(world.run_until([&] { return heard.connected && world.accepted(0); }));
  }

  HostWorld world;
  Recorder heard{world};
  std::unique_ptr<Link> link = world.bearer().connect(Transport::tcp, world.listen(), heard);
};

Endpoint at(std::string_view address, std::uint16_t port) { return {IpAddress::parse(address).value(), port}; }

BearerRules mapped(std::string from, Endpoint to) {
  BearerRules rules;
  rules.map.push_back(HostMapping::parse(from + "=" + to.text()).value());
  return rules;
}

/// A world for its listeners, and others that are mapped to them.
struct Elsewhere {
  HostWorld target;
  Endpoint peer = target.listen();

  /// Connects from `world`, which has the rules, and lets both run.
  std::string connect(HostWorld& world, Endpoint to) {
    Recorder heard{world};
    const auto link = world.bearer().connect(Transport::tcp, to, heard);
    CHECK(link->peer() == to);
    REQUIRE(world.run_until([&] {
      target.run_until([&] { return true; });
      return heard.connected || heard.closed;
    }));
    CHECK(link->peer() == to);
    CHECK(heard.violations.empty());
    return heard.connected ? "connected" : std::string{describe(*heard.error)};
  }
};

}  // namespace

TEST_CASE("an address can be mapped to this machine, the module sees its own view", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  HostWorld world{mapped("116.247.104.27:465", elsewhere.peer)};
  CHECK(elsewhere.connect(world, at("116.247.104.27", 465)) == "connected");
  CHECK(resolved(world, "116.247.104.27") == "116.247.104.27");
}

TEST_CASE("a whole host can be mapped, and one port of it elsewhere", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  auto rules = mapped("192.0.2.1", elsewhere.target.nobody());
  rules.map.push_back(mapped("192.0.2.1:443", elsewhere.peer).map.front());
  HostWorld world{rules};
  CHECK(elsewhere.connect(world, at("192.0.2.1", 443)) == "connected");
  CHECK(elsewhere.connect(world, at("192.0.2.1", 444)) == "connection refused");
}

TEST_CASE("a mapped name has a stable address of its own", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  auto rules = mapped("first.test:443", elsewhere.target.nobody());
  rules.map.push_back(mapped("Second.Test:8883", elsewhere.peer).map.front());
  rules.map.push_back(mapped("first.test:80", elsewhere.peer).map.front());
  HostWorld world{rules};
  CHECK(resolved(world, "FIRST.test") == "198.18.0.1");
  CHECK(resolved(world, "second.test.") == "198.18.0.2");
  CHECK(elsewhere.connect(world, at("198.18.0.1", 443)) == "connection refused");
  CHECK(elsewhere.connect(world, at("198.18.0.1", 80)) == "connected");
  CHECK(elsewhere.connect(world, at("198.18.0.2", 8883)) == "connected");
}

TEST_CASE("a port of a mapped name that is not mapped leads to the name", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  HostWorld world{mapped("peer.test:1", elsewhere.target.nobody())};
  CHECK(elsewhere.connect(world, at("198.18.0.1", elsewhere.peer.port)) == "connected");
  world.set_look_up([](const std::string&) -> Bearer::Addresses { return tl::unexpected{NetError::name_failed}; });
  CHECK(elsewhere.connect(world, at("198.18.0.1", elsewhere.peer.port)) == "unreachable");
}

TEST_CASE("a mapping may lead to a name", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  BearerRules rules;
  rules.map.push_back(HostMapping::parse(fmt::format("192.0.2.1=peer.test:{}", elsewhere.peer.port)).value());
  rules.map.push_back(HostMapping::parse("192.0.2.2=unknown.test:1").value());
  HostWorld world{rules};
  CHECK(elsewhere.connect(world, at("192.0.2.1", 443)) == "connected");
  CHECK(elsewhere.connect(world, at("192.0.2.2", 443)) == "unreachable");
}

TEST_CASE("UDP is mapped too", "[net][host][cli --map]") {
  HostWorld target;
  const auto peer = target.listen(Transport::udp);
  HostWorld world{mapped("192.0.2.1:53", peer)};
  Recorder heard{world};
  const auto link = world.bearer().connect(Transport::udp, at("192.0.2.1", 53), heard);
  REQUIRE(world.run_until([&] { return heard.connected; }));
  CHECK(link->send(as_bytes("question")) == 8);
  REQUIRE(target.run_until([&] { return target.accepted(0) != nullptr; }));
  CHECK(target.accepted(0)->datagrams().at(0) == to_bytes("question"));
  target.accepted(0)->send("answer");
  CHECK(world.run_until([&] { return heard.text() == "answer"; }));
  CHECK(link->peer() == at("192.0.2.1", 53));
}

TEST_CASE("only allowed peers are reached, others are reported once", "[net][host][cli --allow]") {
  CollectingSink log;
  Elsewhere elsewhere;
  BearerRules rules;
  rules.allow.push_back(HostPort::parse(elsewhere.peer.text()).value());
  HostWorld world{rules, Logger{log, "bearer"}};
  CHECK(elsewhere.connect(world, elsewhere.peer) == "connected");
  CHECK(elsewhere.connect(world, at("127.0.0.1", 1)) == "unreachable");
  CHECK(elsewhere.connect(world, at("127.0.0.1", 1)) == "unreachable");
  CHECK(resolved(world, "peer.test") == "unreachable");
  CHECK(resolved(world, "peer.test") == "unreachable");
  CHECK(log.warnings == std::vector<std::string>{"127.0.0.1:1 is not among the allowed peers",
                                                 "peer.test is not among the allowed peers"});
}

TEST_CASE("the address of an allowed name is allowed once it was resolved", "[net][host][cli --allow]") {
  Elsewhere elsewhere;
  BearerRules rules;
  rules.allow.push_back(HostPort::parse(fmt::format("Peer.Test:{}", elsewhere.peer.port)).value());
  HostWorld world{rules};
  CHECK(elsewhere.connect(world, elsewhere.peer) == "unreachable");
  CHECK(resolved(world, "peer.test") == "127.0.0.1");
  CHECK(elsewhere.connect(world, elsewhere.peer) == "connected");
  CHECK(elsewhere.connect(world, at("127.0.0.1", 1)) == "unreachable");
}

TEST_CASE("mapped peers are always allowed", "[net][host][cli --map]") {
  Elsewhere elsewhere;
  auto rules = mapped("example.test", elsewhere.peer);
  rules.allow.push_back(HostPort::parse("nobody.test").value());
  HostWorld world{rules};
  CHECK(resolved(world, "example.test") == "198.18.0.1");
  CHECK(elsewhere.connect(world, at("198.18.0.1", 443)) == "connected");
}

TEST_CASE("the module's address is what the rules say", "[net][host]") {
  BearerRules rules;
  boost::asio::io_context io;
  AsioBearer bearer{io, rules, [](const std::function<void()>& body) { body(); }, {}};
  CHECK(bearer.local_address().text() == "10.1.83.188");
  bearer.set_local_address({{10, 1, 83, 189}});
  CHECK(bearer.local_address().text() == "10.1.83.189");
}

TEST_CASE("the operating system's names", "[net][host]") {
  CHECK(look_up_ipv4("localhost").value().front() == IpAddress{{127, 0, 0, 1}});
  CHECK(look_up_ipv4("localhost")->size() == 1);
  CHECK_FALSE(look_up_ipv4("no such host!"));
}

TEST_CASE("what looks like a number is no name", "[net][host]") {
  HostWorld world;
  world.set_look_up([](const std::string&) -> Bearer::Addresses { return std::vector{IpAddress{}}; });
  for (const auto* host : {"", "1", "127.1", "256.0.0.1", "1.2.3.4.5", "0x7f000001"}) {
    CAPTURE(host);
    CHECK(resolved(world, host) == "unknown name");
  }
  CHECK(resolved(world, std::string(254, 'x')) == "unknown name");
}

TEST_CASE("a slow name holds up neither the loop nor other names", "[net][host]") {
  Gate gate;
  HostWorld world;
  world.set_look_up([&](const std::string& name) -> Bearer::Addresses {
    if (name == "slow.test") gate.pass();
    return std::vector{IpAddress{{192, 0, 2, 1}}};
  });
  bool answered = false;
  const auto slow = world.bearer().resolve("slow.test", [&](const Bearer::Addresses&) { answered = true; });
  CHECK(resolved(world, "fast.test") == "192.0.2.1");
  CHECK_FALSE(answered);
  gate.open();
  CHECK(world.run_until([&] { return answered; }));
  gate.wait_for(0);
}

TEST_CASE("more look-ups than any module needs fail at once", "[net][host]") {
  Gate gate;
  HostWorld world;
  world.set_look_up([&](const std::string&) -> Bearer::Addresses {
    gate.pass();
    return std::vector{IpAddress{}};
  });
  int answered = 0;
  int failed = 0;
  std::vector<std::unique_ptr<Operation>> operations;
  for (int i = 0; i < 65; ++i) {
    operations.push_back(world.bearer().resolve("slow.test", [&](const Bearer::Addresses& addresses) {
      ++answered;
      failed += addresses ? 0 : 1;
    }));
  }
  CHECK(world.run_until([&] { return failed == 1; }));
  CHECK(answered == 1);
  gate.open();
  CHECK(world.run_until([&] { return answered == 65; }));
  CHECK(failed == 1);
  gate.wait_for(0);
}

TEST_CASE("a look-up may outlive everything that asked for it", "[net][host]") {
  Gate gate;
  bool answered = false;
  {
    HostWorld world;
    world.set_look_up([&gate](const std::string&) -> Bearer::Addresses {
      gate.pass();
      return std::vector{IpAddress{}};
    });
    const auto kept = world.bearer().resolve("a.test", [&](const Bearer::Addresses&) { answered = true; });
    world.bearer().resolve("b.test", [&](const Bearer::Addresses&) { answered = true; }).reset();
    gate.wait_for(2);
    SECTION("the bearer goes first, the answer comes while the loop still runs") {
      world.destroy_bearer();
      gate.open();
      gate.wait_for(0);
      int turns = 0;
      world.run_until([&] { return ++turns == 3; });
    }
    SECTION("all is gone before the answer comes") {}
  }
  gate.open();
  gate.wait_for(0);
  CHECK_FALSE(answered);
}

TEST_CASE("links may outlive the bearer and hear nothing more", "[net][host]") {
  HostWorld world;
  Recorder heard{world};
  const auto peer = world.listen();
  auto link = world.bearer().connect(Transport::tcp, peer, heard);
  auto connecting = world.bearer().connect(Transport::tcp, peer, heard);
  REQUIRE(world.run_until([&] { return heard.connected && world.accepted(1); }));
  world.destroy_bearer();
  CHECK(link->send(as_bytes("last words")) == 10);
  world.accepted(0)->send("x");
  CHECK(world.run_until([&] { return world.accepted(0)->text() == "last words"; }));
  connecting.reset();
  link.reset();
  CHECK(world.run_until([&] { return world.accepted(0)->ended() != FarEnd::End::none; }));
  CHECK(heard.data.empty());
}

TEST_CASE_METHOD(Connected, "a bearer that is destroyed does not wait for lingering links", "[net][host]") {
  world.accepted(0)->stop_reading();
  const Bytes block(50'000, 'x');
  while (link->send(block) > 0) {
  }
  link.reset();
  world.destroy_bearer();
  world.accepted(0)->resume_reading();
  CHECK(world.run_until([&] { return world.accepted(0)->ended() != FarEnd::End::none; }));
}

TEST_CASE("at most 64 links linger, the oldest goes first", "[net][host]") {
  HostWorld world;
  const auto peer = world.listen();
  const Bytes block(50'000, 'x');
  std::vector<std::size_t> taken(65);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    Recorder heard{world};
    const auto link = world.bearer().connect(Transport::tcp, peer, heard);
    REQUIRE(world.run_until([&] { return heard.connected && world.accepted(i); }));
    world.accepted(i)->stop_reading();
    while (const auto more = link->send(block)) taken[i] += more;
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    world.accepted(i)->resume_reading();
    REQUIRE(world.run_until([&] { return world.accepted(i)->ended() == FarEnd::End::in_order; }));
    CHECK((world.accepted(i)->received().size() == taken[i]) == (i > 0));
  }
}

TEST_CASE_METHOD(Connected, "a peer that sends on after the module has closed is reset, with all that it was sent",
                 "[net][host]") {
  auto& far = *world.accepted(0);
  const std::string farewell(20'000, 'w');
  REQUIRE(link->send(as_bytes(farewell)) == farewell.size());
  link.reset();
  // It goes on at full speed: more than any buffer on the way holds, and far sooner than a time-out says so.
  const Bytes flood(64 * 1024, 'x');
  std::size_t flooded = 0;
  constexpr std::size_t kEnough = 32U << 20;
  REQUIRE(world.run_until([&] {
    if (far.unsent() == 0 && flooded < kEnough) {
      far.send(flood);
      flooded += flood.size();
    }
    return far.ended() == FarEnd::End::reset || flooded >= kEnough;
  }));
  CHECK(flooded < kEnough);
  CHECK(far.text() == farewell);
}

TEST_CASE_METHOD(Connected, "a peer that has ended its side still gets what it was sent", "[net][host]") {
  auto& far = *world.accepted(0);
  far.stop_reading();
  far.send("that was all");
  const std::string farewell(100'000, 'w');
  const auto taken = link->send(as_bytes(farewell));
  far.close();
  link.reset();
  REQUIRE(world.run_until([n = 0]() mutable { return ++n == 20; }));
  far.resume_reading();
  REQUIRE(world.run_until([&] { return far.ended() != FarEnd::End::none; }));
  CHECK(far.received().size() == taken);
  CHECK(far.ended() == FarEnd::End::in_order);
}

TEST_CASE("errors of the operating system in the module's words", "[net][host]") {
  const auto of = [](int number) { return net_error({number, boost::system::system_category()}); };
  CHECK(of(ECONNREFUSED) == NetError::refused);
  CHECK(of(ETIMEDOUT) == NetError::timed_out);
  for (const int number : {ENETUNREACH, EHOSTUNREACH, ENETDOWN, EADDRNOTAVAIL, EACCES, EPERM}) {
    CHECK(of(number) == NetError::unreachable);
  }
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSPC}) CHECK(of(number) == NetError::no_resources);
  for (const int number : {ECONNRESET, EPIPE, ECONNABORTED, EIO}) CHECK(of(number) == NetError::reset);
}

// The sanitizers need file descriptors themselves to look at an object's type.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("a machine out of sockets says so", "[net][host]") {
  HostWorld world;
  const auto peer = world.listen();
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  const auto transport = GENERATE(Transport::tcp, Transport::udp);
  Recorder heard{world};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto link = world.bearer().connect(transport, peer, heard);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(world.run_until([&] { return heard.closed; }));
  CHECK(heard.error == NetError::no_resources);
}
#endif

TEST_CASE_METHOD(Connected, "what the peer sent before its reset is delivered before it", "[net][host]") {
  link->pause();
  world.accepted(0)->send("last words");
  REQUIRE(world.run_until([n = 0]() mutable { return ++n == 5; }));
  world.accepted(0)->reset();
  // The reset is first met while sending; the data still comes first.
  CHECK(world.run_until([&] { return link->send(as_bytes("x")) == 0; }));
  CHECK_FALSE(heard.closed);
  link->resume();
  REQUIRE(world.run_until([&] { return heard.closed; }));
  CHECK(heard.error == NetError::reset);
  CHECK(heard.text() == "last words");
}

TEST_CASE("events enter the module's world one at a time, after its own time", "[net][host]") {
  HostWorld world;
  Recorder heard{world};
  const auto peer = world.listen();
  auto link = world.bearer().connect(Transport::tcp, peer, heard);
  // A timeout of the module that is due when the connection comes: it goes first and drops the link.
  world.timeline().post([&] { link.reset(); });
  CHECK(world.run_until([&] { return world.accepted(0) && world.accepted(0)->ended() == FarEnd::End::in_order; }));
  CHECK_FALSE(heard.connected);
}
