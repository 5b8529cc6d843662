// SPDX-License-Identifier: Apache-2.0
// Nothing leaves the module without its context's bearer.
#include "emulator/device/name_query.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ping.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/time_sync.hpp"
#include "tests/emulator/bare_module.hpp"

using namespace quasimodem;
using namespace quasimodem::device;
using test::BareModule;

namespace {

Stream::Target target(std::string host, std::uint16_t port) {
  return {.host = std::move(host), .port = port, .timeout = 75s};
}

/// Everything that uses the network is under way.
struct Busy : BareModule {
  Busy() {
    peer.on_accept = [](net::SimConnection& connection) { connection.stop_reading(); };
    network.add_silent_name("silent.test");
    network.ignore_pings(network.address_of("quiet.test"));
    network.listen("mute.test", 123, net::Transport::udp);
    context.open(Sessions::multiple, 0, target("peer.test", 80));
    context.open(Sessions::multiple, 1, target("silent.test", 80));
    context.serve(net::Transport::tcp, 8080, 2);
    timeline.advance(1s);
    guest = network.call_in(8080, {{{198, 51, 100, 7}}, 40000});
    me.names().start(context, "silent.test");
    me.pinger().start(context, {.host = "quiet.test", .timeout = 60s});
    me.time_sync().set_server({"mute.test", 123});
    me.time_sync().start(context);
    timeline.advance(1s);
    REQUIRE(context.socket(0)->send(Bytes(1000, 'x')) == SendResult::accepted);
    REQUIRE(guest->open());
    events.clear();
    uses = below.uses;
  }

  net::SimListener& peer = network.listen("peer.test", 80);
  std::shared_ptr<net::SimConnection> guest;
  int uses = 0;
};

}  // namespace

TEST_CASE("a context that is lost takes everything with it", "[bearer]") {
  Busy module;
  module.me.outside().lose_context(0);
  module.timeline.advance(10min);
  CHECK(module.below.uses == module.uses);
  CHECK(module.network.open_links() == 0);
  CHECK_FALSE(module.guest->open());
  CHECK(module.all<ContextLost>().size() == 1);
  CHECK(module.all<RemoteClosed>().empty());
  REQUIRE(module.all<NameLookedUp>().size() == 1);
  CHECK(module.all<NameLookedUp>().front().error == NameLookedUp::Error::network);
  REQUIRE(module.all<PingFinished>().size() == 1);
  CHECK(module.all<PingFinished>().front().result == PingFinished::Result::no_bearer);
  REQUIRE(module.all<TimeSynchronised>().size() == 1);
  CHECK(module.all<TimeSynchronised>().front().result == TimeSynchronised::Result::no_bearer);
}

TEST_CASE("a context that the TE ends closes its sockets in order", "[bearer]") {
  Busy module;
  bool done = false;
  module.context.deactivate([&] { done = true; });
  module.peer.last().resume_reading();
  module.timeline.advance(10min);
  CHECK(done);
  CHECK(module.below.uses == module.uses);
  CHECK(module.peer.last().received().size() == 1000);
  CHECK(module.network.open_links() == 0);
}

TEST_CASE("nothing begins on a context that is down or on its way down", "[bearer]") {
  BareModule module;
  module.network.listen("peer.test", 80);
  const auto uses = module.below.uses;
  SECTION("on its way down") {
    module.context.deactivate([] {});
    CHECK(module.context.open(Sessions::multiple, 0, target("peer.test", 80)) == PdpContext::Opening::begun);
  }
  SECTION("lost") {
    module.me.outside().lose_context(0);
    CHECK(module.context.open(Sessions::multiple, 0, target("peer.test", 80)) == PdpContext::Opening::refused);
    CHECK_FALSE(module.context.serve(net::Transport::tcp, 8080, 2));
  }
  module.me.names().start(module.context, "peer.test");
  module.timeline.advance(1min);
  CHECK(module.below.uses == uses);
  CHECK(module.network.open_links() == 0);
}
