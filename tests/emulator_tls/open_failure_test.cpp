// SPDX-License-Identifier: Apache-2.0
// Everything that can go wrong between AT+QSSLOPEN and its result: always exactly one +QSSLOPEN: <ssid>,-1 (SSL 2.2.2),
// the index free again, nothing left over, and one line in the log that says why.
#include <functional>
#include <string>
#include <vector>

#include "emulator/device/outside.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator_tls/cut_peer.hpp"
#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/pki.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr auto kLatency = 50ms;
constexpr std::string_view kClosed = "the stream ended during the handshake";
constexpr std::string_view kReset = "connection reset during the handshake";

void check_reason(SecureBench& bench, std::string_view words) {
  const auto reasons = bench.reasons(1);
  INFO(bench.log().text);
  REQUIRE(reasons.size() == 1);
  CHECK_THAT(reasons.front(), Catch::Contains(std::string{words}));
}

/// -1, the reason, and afterwards a good server is reached through the same index.
void check_failed(SecureBench& bench, std::string_view reason) {
  bench.expect_open_failed(1);
  check_reason(bench, reason);
  const TlsPeer good{bench.network(), "good.test", kPort};
  bench.open(1, {.host = "good.test"});
  bench.settle();
  bench.expect("+QSSLOPEN: 1,0");
  bench.close(1);
  bench.expect_no_leftovers();
}

/// Opens to whatever is at the peer's place and lets it fail.
void fails(SecureBench& bench, std::string_view reason) {
  bench.log().text.clear();
  bench.open(1);
  bench.settle();
  check_failed(bench, reason);
}

/// All that a server says in a handshake.
Bytes words_of_handshake(const tls::ServerConfig& config, std::string_view version) {
  SecureBench bench;
  bench.configure("sslversion", version);
  const CutPeer peer{bench.network(), CutPeer::kNever, {}, config};
  bench.connect(1);
  return peer.words();
}

/// Places to cut: nothing said, in the middle of each record's header and body, after each record but the last.
std::vector<std::size_t> cuts(ByteSpan words) {
  std::vector<std::size_t> places;
  std::size_t begin = 0;
  for (const auto end : record_ends(words)) {
    for (const auto place : {begin, begin + 3, begin + 5, (begin + 5 + end) / 2, end - 1}) places.push_back(place);
    begin = end;
  }
  CHECK(begin == words.size());
  return places;
}

}  // namespace

// ---- before the handshake ----

TEST_CASE("a peer that cannot be reached is -1", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  SECTION("refused") {
    bench.network().refuse(kHost, kPort);
    fails(bench, "peer.test:443: connection refused");
  }
  SECTION("no listener") {
    bench.network().listen(kHost, 80);
    fails(bench, "peer.test:443: connection refused");
  }
  SECTION("unreachable") {
    bench.network().refuse(kHost, kPort, net::NetError::unreachable);
    fails(bench, "peer.test:443: unreachable");
  }
  SECTION("address of nobody") {
    bench.open(1, {.host = "203.0.113.1"});
    check_failed(bench, "203.0.113.1:443: unreachable");
  }
  SECTION("the network gives up") {
    bench.network().refuse(kHost, kPort, net::NetError::timed_out);
    fails(bench, "peer.test:443: timed out");
  }
  SECTION("name not found") {
    bench.open(1, {.host = "nowhere.test"});
    check_failed(bench, "nowhere.test:443: unknown name");
  }
  SECTION("name server in trouble") {
    bench.network().add_failing_name(kHost);
    fails(bench, "peer.test:443: no name server");
  }
  SECTION("hangs up at once") {
    bench.network().listen(kHost, kPort).on_accept = [](net::SimConnection& wire) { wire.close(); };
    fails(bench, kClosed);
  }
  SECTION("resets at once") {
    bench.network().listen(kHost, kPort).on_accept = [](net::SimConnection& wire) { wire.reset(); };
    fails(bench, kReset);
  }
}

TEST_CASE("a version or suite that cannot be is -1 without a word to the peer", "[ssl][SSL 1.1]") {
  SecureBench bench;
  const TlsPeer peer{bench.network(), kHost, kPort};
  bench.configure("ciphersuite", "\"0X003D\"");
  for (const auto version : {"1", "2"}) {
    bench.configure("sslversion", version);
    bench.log().text.clear();
    bench.open(1);
    bench.expect_open_failed(1);
    check_reason(bench, "TLS_RSA_WITH_AES_256_CBC_SHA256 cannot be used with TLS1.");
  }
  CHECK(peer.connections() == 0);
}

TEST_CASE("no active context is -1 and brings none up", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  const TlsPeer peer{bench.network(), kHost, kPort};
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.open(1);
  bench.expect_open_failed(1);
  check_reason(bench, "QSSLOPEN without an active context");
  bench.activate();
  bench.connect(1);
}

TEST_CASE("an index in use is -2 and goes on as it was", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  bench.open(1);
  bench.expect("+QSSLOPEN: 1,-2");
  bench.expect_nothing();
  bench.send_data(1, "hello");
  CHECK(peer.received() == "hello");
  CHECK(peer.connections() == 1);

  // Still being opened.
  bench.network().ignore("silent.test", kPort);
  bench.open(2, {.host = "silent.test"});
  bench.open(2);
  bench.expect("+QSSLOPEN: 2,-2");
  bench.advance(89s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+QSSLOPEN: 2,-1");
  bench.expect_nothing();
}

// ---- in the handshake ----

TEST_CASE("a peer that hangs up or resets in any step of the handshake is -1", "[ssl][SSL 2.2.2]") {
  for (const auto& version : spoken_versions()) {
    const auto config = tls_server();
    for (const auto cut : cuts(words_of_handshake(config, version))) {
      for (const bool reset : {false, true}) {
        CAPTURE(version, cut, reset);
        SecureBench bench;
        bench.configure("sslversion", version);
        const CutPeer peer{bench.network(), cut,
                           [reset](net::SimConnection& wire) { reset ? wire.reset() : wire.close(); }, config};
        fails(bench, reset ? kReset : kClosed);
      }
    }
  }
}

TEST_CASE("a peer that asks for a certificate and hangs up in any step is -1", "[ssl][SSL 2.2.2]") {
  const auto config = tls_server_demanding_certificates();
  auto asking = config;
  asking.client_authentication = tls::ClientAuthentication::request;
  for (const auto cut : cuts(words_of_handshake(asking, "3"))) {
    CAPTURE(cut);
    SecureBench bench;
    bench.set_clock(kGoodTime);
    bench.trust("ca.crt");
    bench.identify("client.crt", "client.key");
    bench.configure("sslversion", "3");
    const CutPeer peer{bench.network(), cut, [](net::SimConnection& wire) { wire.close(); }, config};
    bench.log().text.clear();
    bench.open(1);
    bench.expect_open_failed(1);
    check_reason(bench, kClosed);
  }
}

TEST_CASE("an alert in any step of the handshake is -1 and named in the log", "[ssl][SSL 2.2.2]") {
  const std::pair<std::uint8_t, std::string_view> alerts[] = {
      {40, "handshake_failure (40)"}, {42, "bad_certificate (42)"}, {48, "unknown_ca (48)"},
      {70, "protocol_version (70)"},  {80, "internal_error (80)"},  {112, "unrecognized_name (112)"},
  };
  for (const auto& version : spoken_versions()) {
    const auto words = words_of_handshake(tls_server(), version);
    // Before the server's ChangeCipherSpec alerts are not encrypted.
    std::vector<std::size_t> places{0};
    for (const auto end : record_ends(words)) {
      if (words[places.back()] == 22) places.push_back(end);
    }
    REQUIRE(places.size() == 4);
    for (const auto place : places) {
      for (const auto& [description, name] : alerts) {
        for (const bool closes : {false, true}) {
          CAPTURE(version, place, name, closes);
          SecureBench bench;
          bench.configure("sslversion", version);
          const auto minor = static_cast<std::uint8_t>(version.front() - '0');
          const Bytes alert{21, 3, minor, 0, 2, 2, description};
          const CutPeer peer{bench.network(), place, [&](net::SimConnection& wire) {
                               wire.send(alert);
                               if (closes) wire.reset();
                             }};
          bench.log().text.clear();
          bench.open(1);
          bench.expect_open_failed(1);
          check_reason(bench, fmt::format("the peer refused with the alert {}", name));
        }
      }
    }
  }
}

TEST_CASE("a peer that says something else instead of ServerHello is -1", "[ssl][SSL 2.2.2]") {
  const std::pair<std::string_view, std::string> nonsense[] = {
      {"HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"},
      {"SSH", "SSH-2.0-OpenSSH_9.2p1\r\n"},
      {"SMTP", "220 mail.test ESMTP\r\n"},
      {"zeros", std::string(64, '\0')},
      {"ones", std::string(64, '\xFF')},
      {"all values", pattern(4000)},
      {"a ServerHello too short", std::string{"\x16\x03\x03\x00\x08\x02\x00\x00\x04\x03\x03\x00\x00", 13}},
      {"Certificate first", std::string{"\x16\x03\x03\x00\x07\x0B\x00\x00\x03\x00\x00\x00", 12}},
      {"ChangeCipherSpec first", std::string{"\x14\x03\x03\x00\x01\x01", 6}},
      {"data first", std::string{"\x17\x03\x03\x00\x03\x01\x02\x03", 8}},
      {"an endless record", std::string{"\x16\x03\x03\xFF\xFF\x02", 6}},
      {"SSL 2", std::string{"\x80\x2E\x04\x00\x01\x00\x02", 7}},
      {"an unknown record", std::string{"\x63\x03\x03\x00\x02\x01\x02", 7}},
  };
  for (const auto& each : nonsense) {
    const auto& words = each.second;
    for (const bool at_once : {false, true}) {
      CAPTURE(each.first, at_once);
      SecureBench bench;
      bench.configure("sslversion", "3");
      auto& listener = bench.network().listen(kHost, kPort);
      if (at_once) {
        listener.on_accept = [&words](net::SimConnection& wire) { wire.send(words); };
      } else {
        listener.on_accept = [&words](net::SimConnection& wire) {
          wire.on_received = [&words, &wire](ByteSpan) { wire.send(words); };
        };
      }
      fails(bench, "m95.socket1.tls: ");
    }
  }
}

TEST_CASE("a handshake damaged anywhere is -1", "[ssl][SSL 2.2.2]") {
  const auto words = words_of_handshake(tls_server(), "3");
  for (std::size_t at = 0; at < words.size(); at += 17) {
    CAPTURE(at);
    SecureBench bench;
    bench.set_clock(kGoodTime);
    bench.trust("ca.crt");
    bench.configure("sslversion", "3");
    // The server itself is not told of the damage, only cut off where it is.
    CutPeer* server = nullptr;
    CutPeer peer{bench.network(), at, [&](net::SimConnection& wire) {
                   auto rest = Bytes{server->words().begin() + static_cast<std::ptrdiff_t>(at), server->words().end()};
                   if (!rest.empty()) rest.front() ^= 0x40;
                   wire.send(rest);
                   wire.close();
                 }};
    server = &peer;
    bench.log().text.clear();
    bench.open(1);
    bench.expect_open_failed(1);
    CHECK(bench.reasons(1).size() == 1);
  }
}

TEST_CASE("a rejected certificate is named in the log with its subject and what is wrong with it", "[ssl]") {
  SecureBench bench;
  bench.set_clock("20/06/15,12:00:00+00");
  bench.trust("ca.crt");
  const TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_expired.crt", "server.key")};
  fails(bench,
        "m95.socket1.tls: peer certificate rejected: O=quasimodem tests, CN=localhost: expired on 2016-01-01 00:00:00, "
        "the module's clock says 2020-06-15 12:00:00");
}

// ---- time ----

namespace {

/// A kind of silence, made when the bench exists.
struct Silence {
  std::string what;
  std::function<std::shared_ptr<void>(SecureBench&)> prepare;
};

std::vector<Silence> silences() {
  std::vector<Silence> all{
      {"name server",
       [](SecureBench& bench) {
         bench.network().add_silent_name(kHost);
         return nullptr;
       }},
      {"SYN",
       [](SecureBench& bench) {
         bench.network().ignore(kHost, kPort);
         return nullptr;
       }},
      {"accepts and is silent",
       [](SecureBench& bench) {
         bench.network().listen_silently(kHost, kPort);
         return nullptr;
       }},
      {"never reads",
       [](SecureBench& bench) {
         bench.network().listen(kHost, kPort).on_accept = [](net::SimConnection& wire) { wire.stop_reading(); };
         return nullptr;
       }},
      {"one byte a second",
       [](SecureBench& bench) {
         const auto words = words_of_handshake(tls_server(), "3");
         auto& timeline = bench.timeline();
         bench.network().listen(kHost, kPort).on_accept = [words, &timeline](net::SimConnection& wire) {
           for (std::size_t i = 0; i < 350; ++i) {
             timeline.after(i * 1s, [&wire, byte = words[i]] { wire.send(ByteSpan{&byte, 1}); });
           }
         };
         return nullptr;
       }},
  };
  for (const auto cut : cuts(words_of_handshake(tls_server(), "3"))) {
    all.push_back({fmt::format("after {} bytes", cut), [cut](SecureBench& bench) {
                     return std::make_shared<CutPeer>(bench.network(), cut, [](net::SimConnection&) {});
                   }});
  }
  return all;
}

}  // namespace

TEST_CASE("silence of any kind is -1 exactly at the time-out", "[ssl][SSL 2.2.2]") {
  for (const auto& silence : silences()) {
    for (const auto latency : {Duration{}, Duration{kLatency}}) {
      for (const auto timeout : {10s, 90s, 300s}) {
        CAPTURE(silence.what, latency.count(), timeout.count());
        SecureBench bench;
        bench.configure("sslversion", "3");
        bench.network().set_latency(latency);
        const auto peer = silence.prepare(bench);
        bench.open(1, {.timeout_s = static_cast<int>(timeout.count())});
        bench.advance(timeout - 1ns);
        bench.expect_nothing();
        bench.advance(1ns);
        bench.expect_open_failed(1);
        check_reason(bench, "peer.test:443: timed out");
      }
    }
  }
}

TEST_CASE("the time-out is 90 seconds when it is left out", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  bench.network().listen_silently(kHost, kPort);
  bench.ok("AT+QSSLOPEN=1,0,\"peer.test\",443,0");
  bench.advance(90s - 1ns);
  bench.expect_nothing();
  bench.advance(1ns);
  bench.expect_open_failed(1);
}

TEST_CASE("the module's own time for the handshake counts", "[ssl]") {
  device::Configuration configuration;
  configuration.timing.tls_plain = 20s;
  SecureBench bench{workbench::configured(configuration)};
  const TlsPeer peer{bench.network(), kHost, kPort};
  bench.open(1, {.timeout_s = 10});
  bench.advance(10s - 1ns);
  bench.expect_nothing();
  bench.advance(1ns);
  bench.expect_open_failed(1);

  bench.open(1, {.timeout_s = 30});
  bench.advance(20s - 1ns);
  bench.expect_nothing();
  bench.advance(1ns);
  bench.expect("+QSSLOPEN: 1,0");
}

TEST_CASE("the time-out is over once the connection is made", "[ssl]") {
  SecureBench bench;
  bench.network().set_latency(kLatency);
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.open(1, {.timeout_s = 10});
  bench.settle();
  bench.expect("+QSSLOPEN: 1,0");
  CHECK(bench.timeline().idle());
  bench.advance(1h);
  bench.expect_nothing();
  peer.send("still there");
  bench.settle();
  bench.expect("+QSSLURC: \"recv\",0,1");
}

// ---- the bearer and the host ----

namespace {

/// What ends an opening from this side, and how the module is made to work again.
struct Interruption {
  std::string what;
  std::function<void(SecureBench&)> act;
  std::function<void(SecureBench&)> recover;
  bool silent = false;  ///< the host has closed the socket itself, or the module has said its last word
};

void deactivated(SecureBench& bench) {
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.activate();
}

void switched_on(SecureBench& bench) {
  bench.advance(1min);
  bench.send("ATE0");
  bench.take();
  bench.ok("AT+QIMUX=1");
  bench.activate();
}

const Interruption kInterruptions[] = {
    {"QIDEACT", [](SecureBench& bench) { bench.send("AT+QIDEACT"); }, [](SecureBench& bench) { bench.activate(); }},
    {"QPOWD=1", [](SecureBench& bench) { bench.send("AT+QPOWD=1"); },
     [](SecureBench& bench) {
       bench.modem().power_key();
       switched_on(bench);
     },
     true},
    {"QPOWD=0", [](SecureBench& bench) { bench.send("AT+QPOWD=0"); },
     [](SecureBench& bench) {
       bench.modem().power_key();
       switched_on(bench);
     },
     true},
    {"PWRKEY",
     [](SecureBench& bench) {
       bench.modem().power_key();
       bench.advance({});
     },
     [](SecureBench& bench) {
       bench.modem().power_key();
       switched_on(bench);
     },
     true},
    {"restart", [](SecureBench& bench) { bench.send("AT+CFUN=1,1"); }, switched_on, true},
    {"flight mode", [](SecureBench& bench) { bench.send("AT+CFUN=4"); },
     [](SecureBench& bench) {
       bench.send("AT+CFUN=1");
       bench.advance(1min);
       bench.take();
       deactivated(bench);
     }},
    {"minimum functionality", [](SecureBench& bench) { bench.send("AT+CFUN=0"); },
     [](SecureBench& bench) {
       bench.send("AT+CFUN=1");
       bench.advance(1min);
       bench.take();
       deactivated(bench);
     }},
    {"bearer lost",
     [](SecureBench& bench) {
       bench.outside().lose_context(0);
       bench.advance({});
     },
     deactivated},
    {"QSSLCLOSE", [](SecureBench& bench) { bench.send("AT+QSSLCLOSE=1"); }, [](SecureBench&) {}, true},
};

}  // namespace

TEST_CASE("whatever interrupts the opening, at any moment, there is one result", "[ssl][SSL 2.2.2]") {
  for (const auto& interruption : kInterruptions) {
    device::Configuration configuration;
    configuration.timing.tls_server = 200ms;
    bool connected = false;
    for (int steps = 0; !connected; ++steps) {
      CAPTURE(interruption.what, steps);
      SecureBench bench{workbench::configured(configuration)};
      bench.network().set_latency(kLatency);
      TlsPeer peer{bench.network(), kHost, kPort};
      bench.set_clock(kGoodTime);
      bench.trust("ca.crt");
      bench.open(1);
      for (int i = 0; i < steps; ++i) REQUIRE(bench.step());
      auto output = bench.take();
      connected = output == "\r\n+QSSLOPEN: 1,0\r\n";
      if (connected) {
        CHECK(steps >= 6);  // name, connection, two flights each way, the module's own time
        break;
      }
      REQUIRE(output.empty());
      interruption.act(bench);
      bench.settle();
      output += bench.take();
      INFO(escaped(output));
      CHECK(count(output, "+QSSLOPEN:") == (interruption.silent ? 0 : 1));
      CHECK(count(output, "\r\n+QSSLOPEN: 1,-1\r\n") == (interruption.silent ? 0 : 1));
      CHECK(count(output, "+QSSLURC") == 0);
      bench.expect_no_leftovers();
      bench.advance(10min);
      bench.take();
      CHECK((peer.connections() == 0 || peer.wire().ended_by_module()));

      interruption.recover(bench);
      bench.open(1);
      bench.settle();
      bench.take();
      bench.send_data(1, "hello");
      bench.settle();
      CHECK(peer.received() == "hello");
    }
  }
}

TEST_CASE("an interruption in the very instant of the result: still one result", "[ssl][SSL 2.2.2]") {
  struct Case {
    std::string_view what;
    std::function<void(SecureBench&)> act;
    std::size_t results_if_connected = 1;
    std::size_t results_if_failed = 1;
  };
  const auto types = [](std::string_view line) {
    return [text = std::string{line} + "\r"](SecureBench& bench) { bench.modem().receive(as_bytes(text)); };
  };
  const Case cases[] = {
      {"QIDEACT", types("AT+QIDEACT")},
      {"QPOWD", types("AT+QPOWD=1")},
      {"restart", types("AT+CFUN=1,1")},
      {"flight mode", types("AT+CFUN=4")},
      {"PWRKEY", [](SecureBench& bench) { bench.modem().power_key(); }, 0, 0},  // nothing but the farewell
      {"bearer lost", [](SecureBench& bench) { bench.outside().lose_context(0); }},
      {"QSSLCLOSE", types("AT+QSSLCLOSE=1"), 0},                         // CLOSE OK is the answer
      {"QSSLOPEN", types("AT+QSSLOPEN=1,0,\"peer.test\",443,0"), 2, 2},  // the second one's is -2
  };
  for (const auto& each : cases) {
    for (const bool connects : {true, false}) {
      CAPTURE(each.what, connects);
      device::Configuration configuration;
      configuration.timing.tls_plain = 3s;
      SecureBench bench{workbench::configured(configuration)};
      const TlsPeer peer{bench.network(), kHost, kPort};
      if (!connects) bench.network().listen_silently(kHost, kPort).on_accept = nullptr;
      bench.open(1, {.timeout_s = 10});
      // Comes after the entry that connects or gives up, and before what that one has to say.
      bench.timeline().after(connects ? 3s : 10s, [&] { each.act(bench); });
      bench.advance(10s);
      bench.settle();
      const auto said = bench.take();
      INFO(escaped(said));
      CHECK(count(said, "+QSSLOPEN: 1,") == (connects ? each.results_if_connected : each.results_if_failed));
      CHECK(count(said, "+QSSLOPEN: 1,-2") == (each.what == "QSSLOPEN" ? 1 : 0));
      CHECK(count(said, "+QSSLURC") == 0);
      const bool stays_open = connects && each.what == "QSSLOPEN";
      CHECK(bench.network().open_links() == (stays_open ? 1 : 0));
    }
  }
}

TEST_CASE("a bearer that is lost takes all openings with it, each with its result", "[ssl]") {
  SecureBench bench;
  bench.network().set_latency(kLatency);
  bench.network().add_silent_name("dns.test");
  bench.network().ignore("syn.test", kPort);
  bench.network().listen_silently("tls.test", kPort);
  const TlsPeer peer{bench.network(), kHost, kPort};
  bench.open(0, {.host = "dns.test"});
  bench.open(1, {.host = "syn.test"});
  bench.open(2, {.host = "tls.test"});
  bench.open(3);
  bench.advance(1s);
  bench.expect("+QSSLOPEN: 3,0");
  bench.open(4);
  bench.outside().lose_context(0);
  bench.advance({});
  for (const int ssid : {0, 1, 2}) bench.expect(fmt::format("+QSSLOPEN: {},-1", ssid));
  bench.expect("+QSSLURC: \"closed\",3");
  bench.expect("+QSSLOPEN: 4,-1");
  bench.expect("+PDP DEACT");
  bench.expect_nothing();
  bench.expect_no_leftovers();
  bench.exchange("AT+QSSLOPEN=0,0,\"peer.test\",443,0", {"ERROR"});
}

TEST_CASE("a result that comes while the host types or fills a prompt waits and is not lost", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  const TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(0);
  bench.network().listen_silently("silent.test", kPort);
  bench.open(1, {.host = "silent.test", .timeout_s = 10});
  bench.send_raw("AT+QSSLSEND=0,4");
  bench.advance(11s);
  bench.expect_nothing();
  bench.send_raw("\r");
  bench.expect_prompt();
  bench.advance(1s);
  bench.expect_nothing();
  bench.send_raw("data");
  bench.expect("SEND OK");
  bench.expect("+QSSLOPEN: 1,-1");
  bench.expect_nothing();
}
