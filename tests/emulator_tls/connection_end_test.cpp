// SPDX-License-Identifier: Apache-2.0
// How connections end: exactly one +QSSLURC: "closed",<ssid> (SSL 2.2.10), and what came before it can still be read.
#include <functional>
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// What a server of `session` would send, with one bit wrong.
void send_damaged(TlsPeer& peer) {
  REQUIRE(peer.session().write(as_bytes("damaged")));
  auto record = peer.session().take_outgoing();
  record.back() ^= 1;
  peer.wire().send(record);
}

struct End {
  std::string what;
  std::function<void(SecureBench&, TlsPeer&)> act;
  std::string reason;     ///< in the log
  std::string more = "";  ///< after the URC
  bool in_order = false;  ///< the peer ended; nothing broke
};

const End kEnds[] = {
    {"close_notify and FIN", [](SecureBench&, TlsPeer& peer) { peer.close(); }, "the peer sent close_notify", "", true},
    {"close_notify alone",
     [](SecureBench&, TlsPeer& peer) {
       peer.session().close();
       peer.wire().send(peer.session().take_outgoing());
     },
     "the peer sent close_notify", "", true},
    {"FIN alone", [](SecureBench&, TlsPeer& peer) { peer.hang_up(); }, "the stream ended without close_notify", "",
     true},
    {"reset", [](SecureBench&, TlsPeer& peer) { peer.wire().reset(); }, "connection reset without close_notify"},
    {"FIN inside a record",
     [](SecureBench&, TlsPeer& peer) {
       REQUIRE(peer.session().write(as_bytes("cut")));
       auto record = peer.session().take_outgoing();
       record.pop_back();
       peer.wire().send(record);
       peer.wire().close();
     },
     "the stream ended without close_notify", "", true},
    {"damaged record", [](SecureBench&, TlsPeer& peer) { send_damaged(peer); }, "damaged on the way (bad_record_mac)"},
    {"damaged record and reset",
     [](SecureBench&, TlsPeer& peer) {
       send_damaged(peer);
       peer.wire().reset();
     },
     "damaged on the way (bad_record_mac)"},
    {"not a record", [](SecureBench&, TlsPeer& peer) { peer.wire().send("HTTP/1.1 408 Request Timeout\r\n"); },
     "not a record of this protocol: it starts with HTTP/"},
    {"alert",
     [](SecureBench&, TlsPeer& peer) {
       peer.session().send_alert(80);
       peer.wire().send(peer.session().take_outgoing());
     },
     "the peer refused with the alert internal_error (80)"},
    {"alert and FIN",
     [](SecureBench&, TlsPeer& peer) {
       peer.session().send_alert(80);
       peer.wire().send(peer.session().take_outgoing());
       peer.wire().close();
     },
     "the peer refused with the alert internal_error (80)"},
    {"bearer lost", [](SecureBench& bench, TlsPeer&) { bench.outside().lose_context(0); }, "context 0: PDP DEACT",
     "\r\n+PDP DEACT\r\n"},
};

}  // namespace

TEST_CASE("every end is told once, and data before it stays readable", "[ssl][SSL 2.2.10]") {
  for (const auto& version : spoken_versions()) {
    for (const auto& end : kEnds) {
      for (const bool unread : {false, true}) {
        CAPTURE(version, end.what, unread);
        SecureBench bench;
        bench.configure("sslversion", version);
        TlsPeer peer{bench.network(), kHost, kPort};
        bench.connect(1);
        const auto words = pattern(unread ? 4000 : 0);
        if (unread) {
          peer.send(words);
          bench.advance({});
          bench.expect("+QSSLURC: \"recv\",0,1");
        }
        bench.log().text.clear();
        end.act(bench, peer);
        bench.advance({});
        INFO(bench.log().text);
        CHECK(bench.log().contains(end.reason));
        bench.expect("+QSSLURC: \"closed\",1");
        bench.expect_raw(end.more);
        bench.expect_nothing();
        CHECK(bench.network().open_links() == 0);

        const auto* state = unread && end.in_order ? "REMOTE CLOSING" : "CLOSED";
        CHECK_THAT(bench.ask("AT+QSSLSTATE"),
                   Catch::Contains(fmt::format("\r\n+QSSLSTATE: 1,\"TCP\",\"198.51.100.1\",443,\"{}\",1\r\n", state)));
        bench.exchange("AT+QSSLSEND=1,3", {"ERROR"});
        CHECK(bench.receive(1, 1000) == words.substr(0, 1000 * unread));
        CHECK(bench.receive_all(1) == words.substr(1000 * unread));
        CHECK_THAT(bench.ask("AT+QSSLSTATE"), Catch::Contains(",443,\"CLOSED\",1\r\n"));
        bench.expect_no_leftovers();
        bench.advance(10min);
        bench.expect_nothing();
        CHECK(bench.receive(1).empty());
        bench.exchange("AT+QSSLCLOSE=1", {"ERROR"});
      }
    }
  }
}

TEST_CASE("the end waits behind more data than the buffer holds", "[ssl][SSL 2.2.10]") {
  for (const auto& end : kEnds) {
    if (end.what == "bearer lost" || end.what == "reset") continue;  // they take what is under way with them
    CAPTURE(end.what);
    SecureBench bench;
    TlsPeer peer{bench.network(), kHost, kPort};
    bench.connect(1);
    const auto words = pattern(100'000);
    for (std::size_t at = 0; at < words.size(); at += 10'000) peer.send(words.substr(at, 10'000));
    end.act(bench, peer);
    bench.advance({});
    bench.expect("+QSSLURC: \"recv\",0,1");
    bench.expect_nothing();

    std::string received;
    std::string urcs;
    for (auto answer = bench.ask("AT+QSSLRECV=0,1,1500"); answer != "\r\nOK\r\n";
         answer = bench.ask("AT+QSSLRECV=0,1,1500")) {
      const auto head_end = answer.find("\r\n", 2);
      const auto size = std::stoul(answer.substr(answer.rfind(',', head_end) + 1));
      received += answer.substr(head_end + 2, size);
      urcs += answer.substr(head_end + 2 + size + 6);
    }
    CHECK(difference(received, words) == "");
    CHECK(urcs == "\r\n+QSSLURC: \"closed\",1\r\n");
    bench.expect_no_leftovers();
  }
}

TEST_CASE("a peer that hangs up right after the handshake: connected, then closed", "[ssl][SSL 2.2.10]") {
  for (const bool reset : {false, true}) {
    for (const auto handshake_time : {0ms, 200ms}) {
      CAPTURE(reset, handshake_time.count());
      device::Configuration configuration;
      configuration.timing.tls_plain = handshake_time;
      SecureBench bench{workbench::configured(configuration)};
      TlsPeer peer{bench.network(), kHost, kPort};
      peer.on_handshake = [&] {
        peer.send("goodbye");
        reset ? peer.wire().reset() : peer.close();
      };
      bench.open(1);
      bench.settle();
      bench.expect("+QSSLOPEN: 1,0");
      bench.expect("+QSSLURC: \"recv\",0,1");
      bench.expect("+QSSLURC: \"closed\",1");
      bench.expect_nothing();
      CHECK(bench.receive(1) == "goodbye");
      bench.expect_no_leftovers();
    }
  }
}

TEST_CASE("the index of a connection that ended is free for the next", "[ssl][SSL 2.2.10]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  for (const auto& end : kEnds) {
    CAPTURE(end.what);
    bench.connect(1);
    peer.send("left over");
    end.act(bench, peer);
    bench.advance({});
    bench.take();
    if (!end.more.empty()) {
      bench.exchange("AT+QIDEACT", {"DEACT OK"});
      bench.activate();
    }
    bench.connect(1);
    CHECK(bench.receive(1).empty());
    bench.send_data(1, "hello");
    CHECK(peer.received() == "hello");
    bench.close(1);
  }
  bench.expect_no_leftovers();
}

TEST_CASE("a close by the host is an answer, not a URC, and says close_notify", "[ssl][SSL 2.2.3]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  bench.send_data(1, "last words");
  bench.close(1);
  bench.expect_no_leftovers();
  bench.expect_nothing();
  CHECK(peer.received() == "last words");
  CHECK(peer.session().state() == tls::ServerSession::State::peer_closed);
  CHECK(peer.wire().ended_by_module());
  bench.exchange("AT+QSSLCLOSE=1", {"ERROR"});
}

TEST_CASE("deactivation closes connections without a URC and with close_notify", "[ssl][M66 11.4]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.expect_no_leftovers();
  bench.expect_nothing();
  CHECK(peer.session().state() == tls::ServerSession::State::peer_closed);
}

TEST_CASE("power down closes connections without a URC", "[ssl][M66 2.20]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  bench.exchange("AT+QPOWD=1", {"NORMAL POWER DOWN"});
  bench.expect_no_leftovers();
  bench.expect_nothing();
  CHECK(peer.wire().ended_by_module());
}

TEST_CASE("a URC of the end waits while a prompt is open", "[ssl][SSL 2.2.10]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.connect(1);
  bench.send("AT+QSSLSEND=1,4");
  bench.expect_prompt();
  peer.hang_up();
  bench.advance(1s);
  bench.expect_nothing();
  bench.send_raw("data");
  bench.expect("ERROR");
  bench.expect("+QSSLURC: \"closed\",1");
  bench.expect_nothing();
}

TEST_CASE("six connections end at once, each with its own URC", "[ssl][SSL 2.2.10]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  for (int ssid = 0; ssid < device::kSockets; ++ssid) bench.connect(ssid);
  SECTION("by the peer") {
    for (const auto& wire : peer.listener().connections) wire->close();
    bench.advance({});
  }
  SECTION("by the bearer") {
    bench.outside().lose_context(0);
    bench.advance({});
  }
  for (int ssid = 0; ssid < device::kSockets; ++ssid) bench.expect(fmt::format("+QSSLURC: \"closed\",{}", ssid));
  bench.take();
  bench.expect_no_leftovers();
}
