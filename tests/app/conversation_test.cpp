// SPDX-License-Identifier: Apache-2.0
// The echo servers of `quasimodem peer`, without a socket: echo, back-pressure, ends, and every fault at every step.

#include "emulator/app/peer/conversation.hpp"

#include "core/random.hpp"
#include "emulator/app/peer/echo_session.hpp"
#include "emulator/app/peer/tls_conversation.hpp"
#include "net/smtp/server.hpp"
#include "tests/support/catch.hpp"
#include "tls/capabilities.hpp"
#include "tls/client_session.hpp"
#include "tls/server/throwaway_identity.hpp"

using namespace quasimodem;
using namespace quasimodem::app;

using State = tls::ClientSession::State;
using Wish = Conversation::Wish;

namespace {

constexpr std::string_view kSteps[] = {"accept",   "hello",     "certificate", "key-exchange",
                                       "finished", "connected", "data"};

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 131 + (i >> 8) * 17);
  return bytes;
}

Script script(std::string_view fault, std::string_view banner = "") {
  Script script{.service = std::make_unique<EchoSession>(to_bytes(banner))};
  if (!fault.empty()) script.fault = read_fault(fault).value();
  return script;
}

/// A TLS client and a TlsConversation with a wire between them.
class Bench {
 public:
  explicit Bench(Script server_script, tls::Version version = tls::Version::tls1_2) {
    tls::ServerConfig server;
    append(server.certificate, tls::throwaway_certificate());
    append(server.key, tls::throwaway_key());
    talk = TlsConversation::create(std::move(server), std::move(server_script), random, Logger{}).value();
    client = tls::ClientSession::create({.lowest = version, .highest = version}, random, Logger{}).value();
    talk->start();
    client->start();
    exchange();
  }

  /// As the connection of a real server does it, until both are silent. Says what the client got.
  void exchange() {
    bool moved = true;
    while (moved) {
      moved = false;
      if (const auto bytes = talk->take_outgoing(); !bytes.empty()) {
        append(wire, bytes);
        client->feed(bytes);
        moved = true;
      }
      if (talk->wish() != Wish::go_on) {
        if (talk->wish() == Wish::end) client->end_of_input();
        return;
      }
      if (client->outgoing_size() > 0 && talk->wants_input()) {
        talk->receive(client->take_outgoing());
        moved = true;
      }
    }
  }

  std::string read() {
    const auto bytes = client->read(1000000);
    return to_text(bytes);
  }

  SeededRandom random{5};
  std::unique_ptr<Conversation> talk;
  std::unique_ptr<tls::ClientSession> client;
  Bytes wire;  ///< all that the server sent
};

Bench at_fault(std::string_view kind, std::string_view step, tls::Version version = tls::Version::tls1_2) {
  Bench bench{script(fmt::format("{}@{}", kind, step)), version};
  if (step == "data") {
    REQUIRE(bench.talk->wish() == Wish::go_on);
    REQUIRE(bench.client->write(as_bytes("payload")));
    bench.exchange();
  }
  return bench;
}

bool in_handshake(std::string_view step) { return step != "connected" && step != "data"; }

}  // namespace

TEST_CASE("a TLS conversation echoes and answers close_notify", "[app]") {
  Bench bench{script("")};
  const auto message = pattern(10000);
  REQUIRE(bench.client->write(message));
  bench.exchange();
  CHECK(bench.client->read(20000) == message);

  REQUIRE(bench.client->write(as_bytes("last words")));
  bench.client->close();
  bench.exchange();
  CHECK(bench.talk->wish() == Wish::end);
  CHECK(bench.talk->summary() ==
        "TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA, no client certificate, 10010 B in, 10010 B out, "
        "close_notify by the client");
}

TEST_CASE("what came before the client's close_notify is echoed, then close_notify", "[app]") {
  Bench bench{script("")};
  REQUIRE(bench.client->write(as_bytes("last words")));
  const auto data = bench.client->take_outgoing();
  bench.client->close();
  auto both = data;
  append(both, bench.client->take_outgoing());
  bench.talk->receive(both);
  const auto answer = bench.talk->take_outgoing();
  // Two records: the echo, as long as the client's own, and an alert.
  REQUIRE(answer.size() > data.size() + 5);
  CHECK(answer[0] == 23);
  CHECK(answer[data.size()] == 21);
  CHECK(bench.talk->wish() == Wish::end);
}

TEST_CASE("a client that ends without close_notify is told apart", "[app]") {
  Bench bench{script("")};
  bench.talk->input_ended();
  CHECK(bench.talk->wish() == Wish::end);
  CHECK(bench.talk->summary().ends_with("ended by the client without close_notify"));

  SeededRandom random{1};
  tls::ServerConfig server;
  append(server.certificate, tls::throwaway_certificate());
  append(server.key, tls::throwaway_key());
  const auto talk = TlsConversation::create(server, script(""), random, Logger{}).value();
  talk->start();
  talk->input_ended();
  CHECK(talk->wish() == Wish::end);
  CHECK(talk->summary() == "0 B in, 0 B out, handshake failed: the stream ended during the handshake");
}

TEST_CASE("the banner is the first the client reads", "[app]") {
  Bench bench{script("", "220 hello\r\n")};
  CHECK(bench.read() == "220 hello\r\n");
  CHECK(bench.client->state() == State::connected);
}

TEST_CASE("a client that does not read stops the server's reading", "[app]") {
  Bench bench{script("")};
  const auto piece = pattern(4096);
  std::size_t sent = 0, waiting = 0;
  while (bench.talk->wants_input()) {
    REQUIRE(bench.client->write(piece));
    bench.talk->receive(bench.client->take_outgoing());
    sent += piece.size();
    REQUIRE(sent < 200000);
  }
  // Everything comes back once the client reads.
  while (waiting < sent) {
    const auto bytes = bench.talk->take_outgoing();
    REQUIRE_FALSE(bytes.empty());
    CHECK(bytes.size() < 70000);
    bench.client->feed(bytes);
    waiting += bench.client->read(1000000).size();
  }
  CHECK(waiting == sent);
  CHECK(bench.talk->wants_input());
}

TEST_CASE("a stall at every step: what was due before was sent, and nothing more", "[app]") {
  for (const auto step : kSteps) {
    CAPTURE(step);
    auto bench = at_fault("stall", step);
    CHECK(bench.talk->wish() == Wish::stall);
    CHECK(bench.client->state() == (in_handshake(step) ? State::handshaking : State::connected));
    CHECK(bench.read().empty());
    CHECK_FALSE(bench.talk->wants_input());
    bench.talk->receive(pattern(100));
    CHECK(bench.talk->take_outgoing().empty());
    CHECK(bench.talk->summary().ends_with(fmt::format("fault stall@{}", step)));
  }
}

TEST_CASE("stalls differ in how far the server went", "[app]") {
  const auto sent = [](std::string_view step) { return at_fault("stall", step).wire.size(); };
  CHECK(sent("accept") == 0);
  CHECK(sent("hello") == 0);
  CHECK(sent("certificate") > 800);
  CHECK(sent("key-exchange") == sent("certificate") + 9);  // ServerHelloDone
  CHECK(sent("finished") == sent("key-exchange"));
  CHECK(sent("connected") > sent("finished") + 6);  // ChangeCipherSpec and Finished
  CHECK(sent("data") == sent("connected"));
}

TEST_CASE("an alert at every step reaches the client, in every version", "[app]") {
  for (const auto version : tls::kAllVersions) {
    if (!tls::speaks(version)) continue;
    for (const auto step : kSteps) {
      CAPTURE(name(version), step);
      const auto bench = at_fault("alert:access_denied", step, version);
      CHECK(bench.talk->wish() == Wish::end);
      CHECK(bench.client->state() == State::failed);
      CHECK(bench.client->error().reason == "the peer refused with the alert access_denied (49)");
    }
  }
}

TEST_CASE("a close at every step ends the stream without close_notify", "[app]") {
  for (const auto step : kSteps) {
    CAPTURE(step);
    const auto bench = at_fault("close", step);
    CHECK(bench.talk->wish() == Wish::end);
    CHECK(bench.client->state() == (in_handshake(step) ? State::failed : State::peer_closed));
    if (in_handshake(step)) CHECK(bench.client->error().failure == tls::TlsFailure::peer_closed);
    CHECK(bench.wire == at_fault("stall", step).wire);
  }
}

TEST_CASE("a reset at every step is wished for when everything due was sent", "[app]") {
  for (const auto step : kSteps) {
    CAPTURE(step);
    const auto bench = at_fault("reset", step);
    CHECK(bench.talk->wish() == Wish::cut);
    CHECK(bench.wire == at_fault("stall", step).wire);
  }
}

TEST_CASE("garbage at every step is no record of TLS", "[app]") {
  for (const auto step : kSteps) {
    CAPTURE(step);
    const auto bench = at_fault("garbage", step);
    CHECK(bench.talk->wish() == Wish::stall);
    const auto before = at_fault("stall", step).wire;
    REQUIRE(bench.wire.size() == before.size() + 64);
    CHECK(std::equal(before.begin(), before.end(), bench.wire.begin()));
    CHECK(bench.client->state() == State::failed);
    CHECK(bench.client->error().failure == tls::TlsFailure::protocol);
  }
}

TEST_CASE("a faulty step that is never reached does no harm", "[app]") {
  Bench bench{script("reset@data", "hello")};
  CHECK(bench.read() == "hello");
  bench.client->close();
  bench.exchange();
  CHECK(bench.talk->wish() == Wish::end);
  CHECK(bench.talk->summary().ends_with("close_notify by the client"));
}

TEST_CASE("a plain conversation echoes until the client ends", "[app]") {
  PlainConversation talk{script("", "hi ")};
  talk.start();
  talk.receive(as_bytes("there"));
  CHECK(as_text(talk.take_outgoing()) == "hi there");
  talk.receive(pattern(20000));
  CHECK_FALSE(talk.wants_input());
  CHECK(talk.take_outgoing() == pattern(20000));
  CHECK(talk.wants_input());
  talk.receive(as_bytes("rest"));
  talk.input_ended();
  CHECK(as_text(talk.take_outgoing()) == "rest");
  CHECK(talk.wish() == Wish::end);
  CHECK(talk.summary() == "20009 B in, 20009 B out, ended by the client");
}

TEST_CASE("faults of a plain conversation", "[app]") {
  const auto outcome = [](std::string_view fault) {
    PlainConversation talk{script(fault, "banner ")};
    talk.start();
    talk.receive(as_bytes("data"));
    talk.receive(as_bytes("more"));
    const auto out = talk.take_outgoing();
    return std::pair{talk.wish(), out};
  };
  const auto banner = to_bytes("banner ");
  CHECK(outcome("stall@accept") == std::pair{Wish::stall, Bytes{}});
  CHECK(outcome("reset@accept") == std::pair{Wish::cut, Bytes{}});
  CHECK(outcome("close@accept") == std::pair{Wish::end, Bytes{}});
  CHECK(outcome("stall@data") == std::pair{Wish::stall, banner});
  CHECK(outcome("reset@data") == std::pair{Wish::cut, banner});
  CHECK(outcome("close@data") == std::pair{Wish::end, banner});
  const auto [wish, garbage] = outcome("garbage@accept");
  CHECK(wish == Wish::stall);
  CHECK(garbage.size() == 64);
}

// ---- STARTTLS ----

namespace {

/// A mail server that begins in clear, and a client that speaks as it likes.
struct StartingBench {
  explicit StartingBench(std::string_view fault = "") {
    tls::ServerConfig server;
    append(server.certificate, tls::throwaway_certificate());
    append(server.key, tls::throwaway_key());
    net::smtp::Server::Config config;
    config.offers_tls = true;
    config.on_command = [this](std::string_view line) { heard.emplace_back(line); };
    Script what{.service = std::make_unique<net::smtp::Server>(std::move(config))};
    if (!fault.empty()) what.fault = read_fault(fault).value();
    talk =
        TlsConversation::create(std::move(server), std::move(what), random, Logger{}, TlsConversation::Begin::in_clear)
            .value();
    client =
        tls::ClientSession::create({.lowest = tls::Version::tls1_2, .highest = tls::Version::tls1_2}, random, Logger{})
            .value();
    talk->start();
  }

  std::string in_clear(std::string_view text) {
    if (!text.empty()) talk->receive(as_bytes(text));
    return to_text(talk->take_outgoing());
  }
  void greet() {
    REQUIRE(in_clear("").starts_with("220 "));
    REQUIRE(in_clear("EHLO x\r\n").find("STARTTLS") != std::string::npos);
  }
  void exchange() {
    for (bool moved = true; moved;) {
      const auto bytes = talk->take_outgoing();
      client->feed(bytes);
      const auto answer = talk->wish() == Wish::go_on ? client->take_outgoing() : Bytes{};
      if (!answer.empty()) talk->receive(answer);
      moved = !bytes.empty() || !answer.empty();
    }
    if (talk->wish() == Wish::end) client->end_of_input();
  }
  void secure() {
    greet();
    REQUIRE(in_clear("STARTTLS\r\n") == "220 go ahead\r\n");
    client->start();
    exchange();
  }
  std::string securely(std::string_view text) {
    REQUIRE(client->write(as_bytes(text)));
    exchange();
    return to_text(client->read(100000));
  }

  SeededRandom random{5};
  std::vector<std::string> heard;
  std::unique_ptr<Conversation> talk;
  std::unique_ptr<tls::ClientSession> client;
};

}  // namespace

TEST_CASE("a conversation turns to TLS when it is asked for, and greets no second time", "[app][starttls]") {
  StartingBench bench;
  bench.secure();
  REQUIRE(bench.client->state() == State::connected);
  CHECK(bench.client->read(1000).empty());
  CHECK(bench.securely("NOOP\r\n") == "250 ok\r\n");
  CHECK(bench.securely("STARTTLS\r\n").starts_with("502 "));
  CHECK(bench.securely("MAIL FROM:<a@b>\r\n").starts_with("503 "));  // what was said in clear is forgotten
  CHECK(bench.securely("QUIT\r\n").starts_with("221 "));
  CHECK(bench.talk->wish() == Wish::end);
  CHECK(bench.talk->summary().starts_with("TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA, no client certificate, 57 B in, "));
  CHECK(bench.talk->summary().ends_with("ended by the server"));
}

TEST_CASE("what a client sends in clear behind STARTTLS is no command, and nothing of TLS", "[app][starttls]") {
  static constexpr std::string_view kInjected = "MAIL FROM:<injected@b>\r\n";
  StartingBench bench;
  bench.greet();
  SECTION("in one piece with it") {
    CHECK(bench.in_clear(fmt::format("STARTTLS\r\n{}", kInjected)) == "554 nothing may follow STARTTLS\r\n");
    CHECK(bench.in_clear("").empty());
    CHECK(bench.talk->wish() == Wish::end);
  }
  SECTION("while the answer waits to be sent") {
    bench.talk->receive(as_bytes("STARTTLS\r\n"));
    bench.talk->receive(as_bytes(kInjected));
    CHECK(bench.in_clear("").ends_with("554 nothing may follow STARTTLS\r\n"));
    CHECK(bench.in_clear("").empty());
    CHECK(bench.talk->wish() == Wish::end);
  }
  SECTION("after the answer: then it is a bad record") {
    CHECK(bench.in_clear("STARTTLS\r\n") == "220 go ahead\r\n");
    CHECK(bench.in_clear(kInjected).find("250") == std::string::npos);
    CHECK(bench.talk->wish() == Wish::end);
    CHECK(bench.talk->summary().find("handshake failed: ") != std::string::npos);
  }
  CHECK(bench.heard == std::vector<std::string>{"EHLO x", "STARTTLS"});
}

TEST_CASE("a client that begins in clear may leave in clear", "[app][starttls]") {
  StartingBench bench;
  bench.greet();
  SECTION("in order") {
    CHECK(bench.in_clear("QUIT\r\n").starts_with("221 "));
    CHECK(bench.in_clear("").empty());
    CHECK(bench.talk->summary().ends_with("ended by the server"));
  }
  SECTION("or not") {
    bench.talk->input_ended();
    CHECK(bench.talk->summary().ends_with("ended by the client"));
  }
  CHECK(bench.talk->wish() == Wish::end);
  CHECK(bench.talk->summary().starts_with(bench.heard.size() == 2 ? "14 B in" : "8 B in"));
}

TEST_CASE("faults of a conversation that begins in clear are those of its TLS", "[app][starttls]") {
  for (const auto step : kSteps) {
    CAPTURE(step);
    StartingBench bench{fmt::format("alert:access_denied@{}", step)};
    if (step == "accept") {
      const auto said = bench.talk->take_outgoing();
      REQUIRE(said.size() == 7);
      CHECK(said[0] == 21);
      CHECK(said[6] == 49);
    } else {
      bench.secure();
      if (step == "data") {
        REQUIRE(bench.client->state() == State::connected);
        CHECK(bench.securely("NOOP\r\n").empty());
      }
      CHECK(bench.client->error().reason == "the peer refused with the alert access_denied (49)");
      CHECK(bench.heard.size() == 2);
    }
    CHECK(bench.talk->wish() == Wish::end);
    CHECK(bench.talk->summary().ends_with(fmt::format("fault alert:access_denied@{}", step)));
  }
}
