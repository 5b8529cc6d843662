// SPDX-License-Identifier: Apache-2.0
// A service's byte stream, without a socket's index and without an AT command.
#include "emulator/device/stream.hpp"

#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "tests/emulator/bare_module.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::device;
using test::BareModule;

namespace {

struct Service : BareModule {
  Stream::Callbacks callbacks() {
    return {
        .opened = [this](Stream::Outcome how) { told += how == Stream::Outcome::connected ? "opened " : "failed "; },
        .arrived = [this] { told += std::string{as_text(stream->receive(1500))} + " "; },
        .packet = {},
        .ended = [this] { told += "ended "; },
        .writable = {},
    };
  }
  void open(std::uint16_t port, std::optional<int> ssl_context = std::nullopt) {
    const Stream::Target target{.host = "server.test", .port = port, .timeout = 30s};
    auto made = context.make_stream("service", target, callbacks(), ssl_context);
    REQUIRE(made);
    stream = std::move(*made);
    stream->open();
    timeline.advance(1s);
  }

  std::unique_ptr<Stream> stream;
  std::string told;
};

}  // namespace

TEST_CASE("a plain stream of a service ends with its context", "[stream]") {
  Service service;
  auto& server = service.network.listen("server.test", 21);
  service.open(21);
  CHECK(service.stream->send(as_bytes("USER")) == SendResult::accepted);
  service.timeline.advance(1s);
  CHECK(as_text(server.last().received()) == "USER");
  server.last().send("331");
  service.timeline.advance(1s);
  CHECK(service.told == "opened 331 ");
  CHECK_FALSE(service.context.any_live());  // it is nobody's socket

  const auto uses = service.below.uses;
  service.me.outside().lose_context(0);
  CHECK(service.stream->send(as_bytes("QUIT")) == SendResult::blocked);  // it has not heard yet
  service.timeline.advance(1min);
  CHECK(service.told == "opened 331 ended ");
  CHECK(service.stream->send(as_bytes("QUIT")) == SendResult::not_connected);
  CHECK(as_text(server.last().received()) == "USER");
  CHECK(service.below.uses == uses);
  CHECK(service.network.open_links() == 0);
}

TEST_CASE("a TLS stream of a service has the settings of its SSL context and ends with its context", "[stream]") {
  Service service;
  test::TlsPeer server{service.network, "server.test", 443};
  service.me.ssl().settings.contexts[2].version = device::SslVersion::tls_1_2;
  service.open(443, 2);
  REQUIRE(service.stream->secure());
  CHECK(server.session().version() == tls::Version::tls1_2);
  CHECK(service.stream->send(as_bytes("GET /")) == SendResult::accepted);
  service.timeline.advance(1s);
  CHECK(server.received() == "GET /");
  server.send("200");
  service.timeline.advance(1s);
  CHECK(service.told == "opened 200 ");

  const auto uses = service.below.uses;
  service.me.outside().lose_context(0);
  service.timeline.advance(1min);
  CHECK(service.told == "opened 200 ended ");
  CHECK(service.stream->state() == SocketState::closed);
  CHECK(service.below.uses == uses);
  CHECK(service.network.open_links() == 0);
}

TEST_CASE("a stream on a context that is down fails, one whose certificates are missing is none", "[stream]") {
  Service service;
  service.me.ssl().settings.contexts[0].security = SecurityLevel::server;
  CHECK_FALSE(service.context.make_stream("service", {.host = "server.test", .port = 443}, service.callbacks(), 0));
  service.me.outside().lose_context(0);
  service.events.clear();
  service.open(21);
  CHECK(service.told == "failed ");
  CHECK(service.stream->reason() == "no bearer");
  CHECK(service.events.empty());  // its owner alone hears of it
}
