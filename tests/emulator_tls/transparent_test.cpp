// SPDX-License-Identifier: Apache-2.0
// <connectmode> 1 of AT+QSSLOPEN (SSL 2.2.2, at-reference 3.8): the UART is the connection.
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/ssl_settings.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/terminal/terminal.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/emulator_tls/cut_peer.hpp"
#include "tests/emulator_tls/secure_bench.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paced_te.hpp"
#include "tls/capabilities.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using emulator::Line;

namespace {

constexpr int kTransparent = 1;
constexpr auto kGuard = 500ms;
constexpr auto kFlush = 200ms;  // AT+QITCFG <WaitTm> 2

/// A module in transparent mode with a TLS server.
struct TransparentBench : SecureBench {
  explicit TransparentBench(int sslversion = static_cast<int>(device::SslVersion::all))
      : peer{network(), kHost, kPort} {
    configure("sslversion", std::to_string(sslversion));
    open(1, {.mode = kTransparent});
    expect("CONNECT");
    expect_nothing();
  }

  /// Leaves for command state.
  void escape() {
    advance(kGuard);
    send_raw("+++");
    advance(kGuard);
    expect("OK");
  }

  TlsPeer peer;
};

std::string all_values(std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < 256 * times; ++i) text += static_cast<char>(i);
  return text;
}

}  // namespace

TEST_CASE("transparent mode begins with OK and CONNECT and needs no QIMUX", "[ssl][SSL 2.2.2]") {
  for (const auto mux : {0, 1}) {
    CAPTURE(mux);
    SecureBench bench;
    TlsPeer peer{bench.network(), kHost, kPort};
    bench.ok(fmt::format("AT+QIMUX={}", mux));
    bench.open(0, {.mode = kTransparent});
    bench.expect("CONNECT");
    bench.expect_nothing();
    bench.send_raw("hello");
    bench.advance(kFlush);
    CHECK(peer.received() == "hello");
    peer.send("world");
    bench.advance({});
    bench.expect_raw("world");
    bench.expect_nothing();
  }
}

TEST_CASE("transparent mode is an error where the firmware lacks it", "[ssl][SSL 2.2.2]") {
  device::Configuration configuration;
  configuration.firmware.transparent_ssl = false;
  SecureBench bench{workbench::configured(configuration)};
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.exchange("AT+QSSLOPEN=1,0,\"peer.test\",443,1", {"ERROR"});
  bench.expect_no_leftovers();
  bench.expect_nothing();
  CHECK(peer.connections() == 0);
  bench.connect(1);
}

TEST_CASE("transparent mode is clean for every value, both ways", "[ssl][SSL 2.2.2]") {
  for (const auto version : tls::kAllVersions) {
    if (!tls::speaks(version)) continue;
    CAPTURE(tls::name(version));
    TransparentBench bench{static_cast<int>(version)};
    const auto values = all_values(20);
    bench.send_raw(values);
    bench.advance(kFlush);
    CHECK(difference(bench.peer.received(), values) == "");
    bench.peer.send(values);
    bench.advance({});
    bench.expect_bulk(values);
    // Byte by byte too.
    for (const char c : all_values(1)) bench.send_raw(std::string_view{&c, 1});
    bench.advance(kFlush);
    CHECK(difference(bench.peer.received(), values + all_values(1)) == "");
    // What looks like commands, prompts and results is data.
    const std::string_view words = "AT\r\n+QSSLURC: \"closed\",1\r\nATH\rCLOSED\r\n> \x1a\x1b++\r++ +++OK\r\n";
    bench.send_raw(words);
    bench.advance(1min);
    CHECK(bench.peer.received().ends_with(words));
    bench.expect_nothing();
  }
}

TEST_CASE("transparent mode carries megabytes both ways", "[ssl][SSL 2.2.2]") {
  TransparentBench bench;
  constexpr std::size_t kTotal = 4'000'000;
  constexpr std::size_t kPiece = 3'777;  // no multiple of anything
  std::size_t down = 0;
  for (std::size_t up = 0; up < kTotal; up += kPiece) {
    bench.send_raw(pattern(kPiece, up));
    bench.peer.send(pattern(kPiece, 99 + down));
    bench.advance({});
    const auto got = bench.take();
    if (got != pattern(got.size(), 99 + down)) FAIL("the host got something else after " << down);
    down += got.size();
  }
  bench.advance(1s);
  const auto rest = bench.take();
  CHECK(difference(rest, pattern(rest.size(), 99 + down)) == "");
  CHECK(down + rest.size() >= kTotal);
  CHECK(difference(bench.peer.received(), pattern(down + rest.size())) == "");
}

// ---- +++ and ATO ----

TEST_CASE("+++ with silence around it leads to command state, ATO back", "[ssl][M66 7.4]") {
  TransparentBench bench;
  bench.send_raw("before");
  bench.advance(kGuard);
  bench.send_raw("+++");
  bench.advance(kGuard - 1ns);
  bench.expect_nothing();
  bench.advance(1ns);
  bench.expect("OK");
  CHECK(bench.peer.received() == "before");
  bench.ok("AT");
  CHECK_THAT(bench.ask("AT+QSSLSTATE"), Catch::Contains("+QSSLSTATE: 1,\"TCP\",\"198.51.100.1\",443,\"CONNECTED\",1"));

  bench.exchange("ATO", {"CONNECT"});
  bench.send_raw(" after");
  bench.advance(kFlush);
  CHECK(bench.peer.received() == "before after");
  bench.escape();
  bench.exchange("ATO", {"CONNECT"});
}

TEST_CASE("+++ without the silence is data", "[ssl][M66 7.4]") {
  const std::string_view words[] = {"+++x", "x+++", "++++", "++", "+", "++\r\n"};
  for (const auto text : words) {
    CAPTURE(text);
    TransparentBench bench;
    bench.advance(1s);
    bench.send_raw(text);
    bench.advance(1min);
    bench.expect_nothing();
    CHECK(bench.peer.received() == text);
  }
  SECTION("no silence before") {
    TransparentBench bench;
    bench.advance(1s);
    bench.send_raw("x");
    bench.advance(kGuard - 1ns);
    bench.send_raw("+++");
    bench.advance(1min);
    bench.expect_nothing();
    CHECK(bench.peer.received() == "x+++");
  }
  SECTION("no silence after") {
    TransparentBench bench;
    bench.advance(1s);
    bench.send_raw("+++");
    bench.advance(kGuard - 1ns);
    bench.send_raw("x");
    bench.advance(1min);
    bench.expect_nothing();
    CHECK(bench.peer.received() == "+++x");
  }
  SECTION("pauses between the plus signs") {
    TransparentBench bench;
    bench.advance(1s);
    for (int i = 0; i < 3; ++i) {
      bench.send_raw("+");
      bench.advance(21ms);
    }
    bench.advance(1min);
    bench.expect_nothing();
    CHECK(bench.peer.received() == "+++");
  }
}

TEST_CASE("what comes in command state is held for ATO, all of it", "[ssl][M66 7.5]") {
  TransparentBench bench;
  bench.escape();
  const auto words = pattern(200'000);
  for (std::size_t at = 0; at < words.size(); at += 10'000) bench.peer.send(words.substr(at, 10'000));
  bench.settle();
  bench.expect_nothing();
  CHECK(bench.context(0).socket(1)->available() <= device::Stream::kReceiveBuffer + 4096);
  bench.ok("AT");
  bench.send("ATO");
  bench.settle();
  bench.expect_bulk("\r\nCONNECT\r\n", words);
}

TEST_CASE("a transparent connection is closed from command state", "[ssl][SSL 2.2.3]") {
  TransparentBench bench;
  bench.send_raw("last words");
  bench.escape();
  bench.close(1);
  bench.expect_no_leftovers();
  CHECK(bench.peer.received() == "last words");
  CHECK(bench.peer.session().state() == tls::ServerSession::State::peer_closed);
  bench.exchange("ATO", {"NO CARRIER"});
  bench.connect(1);
}

// ---- the end ----

TEST_CASE("a peer's end is CLOSED, after all it said", "[ssl][SSL 2.2.10]") {
  for (const auto kind : {"close", "hang up", "reset", "alert"}) {
    CAPTURE(kind);
    TransparentBench bench;
    const auto words = pattern(100'000);
    for (std::size_t at = 0; at < words.size(); at += 10'000) bench.peer.send(words.substr(at, 10'000));
    const std::string_view how = kind;
    if (how == "close") bench.peer.close();
    if (how == "hang up") bench.peer.hang_up();
    if (how == "reset") bench.peer.wire().reset();
    if (how == "alert") {
      bench.peer.session().send_alert(80);
      bench.peer.wire().send(bench.peer.session().take_outgoing());
    }
    bench.settle();
    bench.expect_bulk(words, "\r\nCLOSED\r\n");
    bench.expect_no_leftovers();
    bench.ok("AT");
    bench.exchange("ATO", {"NO CARRIER"});
    bench.connect(1);
  }
}

TEST_CASE("an end in command state is CLOSED as well, once", "[ssl][SSL 2.2.10]") {
  TransparentBench bench;
  bench.escape();
  bench.peer.send("unread");
  bench.peer.close();
  bench.settle();
  bench.expect("CLOSED");
  bench.expect_nothing();
  bench.exchange("ATO", {"NO CARRIER"});
  bench.expect_no_leftovers();
}

TEST_CASE("transparent mode ends when the bearer is lost", "[ssl][SSL 2.2.10]") {
  for (const bool in_data_state : {true, false}) {
    CAPTURE(in_data_state);
    TransparentBench bench;
    if (!in_data_state) bench.escape();
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect("CLOSED");
    bench.expect("+PDP DEACT");
    bench.expect_nothing();
    bench.expect_no_leftovers();
    bench.exchange("AT+QIDEACT", {"DEACT OK"});
    bench.activate();
    bench.connect(1);
  }
}

TEST_CASE("power down ends transparent mode", "[ssl][M66 2.20]") {
  TransparentBench bench;
  bench.modem().power_key();
  bench.settle();
  bench.take();
  bench.expect_no_leftovers();
  CHECK(bench.peer.wire().ended_by_module());
  bench.modem().power_key();
  bench.advance(1min);
  bench.take();
  bench.send("ATE0");
  CHECK(bench.take() == "ATE0\r\r\nOK\r\n");
}

TEST_CASE("a transparent connection that fails is -1 in command state", "[ssl][SSL 2.2.2]") {
  SecureBench bench;
  SECTION("refused") {
    bench.network().refuse(kHost, kPort);
    bench.open(1, {.mode = kTransparent});
    bench.expect_open_failed(1);
  }
  SECTION("certificate") {
    TlsPeer peer{bench.network(), kHost, kPort, tls_server_with("server_other_ca.crt", "server.key")};
    bench.set_clock(kGoodTime);
    bench.trust("ca.crt");
    bench.open(1, {.mode = kTransparent});
    bench.expect_open_failed(1);
  }
  SECTION("no context") {
    bench.exchange("AT+QIDEACT", {"DEACT OK"});
    bench.open(1, {.mode = kTransparent});
    bench.expect_open_failed(1);
  }
  SECTION("hangs up in the handshake") {
    CutPeer peer{bench.network(), 500, [](net::SimConnection& wire) { wire.close(); }};
    bench.open(1, {.mode = kTransparent});
    bench.expect_open_failed(1);
  }
  SECTION("silent, to the nanosecond") {
    bench.network().listen_silently(kHost, kPort);
    bench.open(1, {.mode = kTransparent, .timeout_s = 10});
    bench.advance(10s - 1ns);
    bench.expect_nothing();
    // Command state lasts until then.
    bench.ok("AT");
    bench.advance(1ns);
    bench.expect_open_failed(1);
  }
  CHECK(bench.channel().mode_name() == "command");
}

// ---- DTR, DCD ----

TEST_CASE("a DTR drop does what AT&D says", "[ssl][M66 2.8]") {
  for (const auto d : {0, 1, 2}) {
    CAPTURE(d);
    SecureBench bench;
    TlsPeer peer{bench.network(), kHost, kPort};
    bench.ok(fmt::format("AT&D{}", d));
    bench.open(1, {.mode = kTransparent});
    bench.expect("CONNECT");
    bench.send_raw("data");
    bench.modem().set_line(Line::dtr, false);
    bench.advance(1s);
    bench.modem().set_line(Line::dtr, true);
    bench.advance(1s);
    CHECK(peer.received() == "data");
    const auto said = bench.take();
    CAPTURE(escaped(said));
    switch (d) {
      case 0:
        CHECK(said.empty());
        bench.send_raw(" goes on");
        bench.advance(kFlush);
        CHECK(peer.received() == "data goes on");
        break;
      case 1:
        CHECK(bench.channel().mode_name() == "command");
        CHECK(peer.wire().open());
        bench.exchange("ATO", {"CONNECT"});
        break;
      default:
        CHECK(bench.channel().mode_name() == "command");
        CHECK(count(said, "NO CARRIER") == 1);
        CHECK(peer.wire().ended_by_module());
        bench.exchange("ATO", {"NO CARRIER"});
        bench.expect_no_leftovers();
    }
  }
}

TEST_CASE("DCD shows the data state with AT&C1", "[ssl][M66 2.7]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.ok("AT&C1");
  CHECK_FALSE(bench.modem().line(Line::dcd));
  bench.open(1, {.mode = kTransparent});
  bench.expect("CONNECT");
  CHECK(bench.modem().line(Line::dcd));
  peer.close();
  bench.settle();
  bench.expect("CLOSED");
  CHECK_FALSE(bench.modem().line(Line::dcd));
}

// ---- packets and pressure ----

TEST_CASE("transparent mode sends after a pause, or when a packet is full", "[ssl][M66 11.24]") {
  SecureBench bench;
  TlsPeer peer{bench.network(), kHost, kPort};
  bench.ok("AT+QIMUX=0");
  bench.ok("AT+QITCFG=3,5,100,1");
  bench.open(0, {.mode = kTransparent});
  bench.expect("CONNECT");
  bench.send_raw("ab");
  bench.advance(300ms);
  bench.send_raw("c");
  bench.advance(500ms - 1ns);
  CHECK(peer.received().empty());
  bench.advance(1ns);
  CHECK(peer.received() == "abc");
  const auto records = peer.wire().pieces().size();
  bench.send_raw(std::string(99, 'x'));
  bench.advance({});
  CHECK(peer.received() == "abc");
  bench.send_raw("x");
  bench.advance({});
  CHECK(peer.received() == "abc" + std::string(100, 'x'));
  CHECK(peer.wire().pieces().size() == records + 1);
}

TEST_CASE("a peer that does not read stops the host by CTS; nothing is lost", "[ssl][SSL 2.2.4]") {
  TransparentBench bench;
  bench.peer.wire().stop_reading();
  std::string sent;
  while (bench.modem().line(Line::cts) && sent.size() < 1'000'000) {
    const auto piece = pattern(500, sent.size());
    bench.send_raw(piece);
    sent += piece;
  }
  CHECK_FALSE(bench.modem().line(Line::cts));
  CHECK(sent.size() < 200'000);
  bench.advance(1min);
  CHECK_FALSE(bench.modem().line(Line::cts));
  bench.peer.wire().resume_reading();
  bench.settle();
  CHECK(bench.modem().line(Line::cts));
  CHECK(difference(bench.peer.received(), sent) == "");
}

TEST_CASE("a host that does not read stops the peer; nothing is lost and little is kept", "[ssl][SSL 2.2.5]") {
  TransparentBench bench;
  const auto words = pattern(2'000'000);
  for (std::size_t at = 0; at < words.size(); at += 10'000) bench.peer.send(words.substr(at, 10'000));
  bench.timeline().advance(1min);  // nobody takes the module's output
  const auto held = words.size() - std::min(words.size(), bench.peer.wire().undelivered());
  // The socket's buffer and a packet on its way to the UART: what is there cannot be left behind by +++.
  CHECK(held > 20'000);
  CHECK(held < 60'000);
  bench.settle();
  bench.expect_bulk(words);
}

TEST_CASE("the host may leave and come back while the peer is blocked", "[ssl][M66 7.4]") {
  TransparentBench bench;
  bench.peer.wire().stop_reading();
  std::string sent;
  while (bench.modem().line(Line::cts)) {
    const auto piece = pattern(500, sent.size());
    bench.send_raw(piece);
    sent += piece;
  }
  bench.peer.wire().resume_reading();
  bench.settle();
  bench.escape();
  CHECK(difference(bench.peer.received(), sent) == "");
  bench.exchange("ATO", {"CONNECT"});
  bench.send_raw("more");
  bench.advance(kFlush);
  CHECK(difference(bench.peer.received(), sent + "more") == "");
}

TEST_CASE("+++ and the way up work while the peer sends more than the UART carries", "[ssl][M66 7.4]") {
  TransparentBench bench;
  bench.escape();
  bench.ok("AT+IPR=115200");
  PacedTe te{bench};
  const auto words = pattern(600'000);
  for (std::size_t at = 0; at < words.size(); at += 10'000) bench.peer.send(words.substr(at, 10'000));
  std::string typed;
  for (int i = 0; i < 10; ++i) {
    te.send("ATO\r");
    te.pass(200ms);
    const auto connect = te.read.rfind("\r\nCONNECT\r\n");
    REQUIRE(connect != std::string::npos);
    te.read.erase(connect, 11);
    const auto question = fmt::format("question {} +++ not an end", i);
    te.send(question);
    typed += question;
    te.pass(1s);
    CHECK(difference(bench.peer.received(), typed) == "");
    te.escape(1s);
    te.send("AT\r");
    te.expect_end("\r\nOK\r\n", 1s);
  }
  CHECK(te.read.size() > 115'200);
  CHECK(difference(te.read, words.substr(0, te.read.size())) == "");
}

TEST_CASE("the host may leave while the peer is blocked; what it said gets there later", "[ssl][M66 7.4]") {
  TransparentBench bench;
  bench.peer.wire().stop_reading();
  std::string sent;
  while (bench.modem().line(Line::cts)) {
    const auto piece = pattern(500, sent.size());
    bench.send_raw(piece);
    sent += piece;
  }
  bench.escape();
  bench.ok("AT");
  CHECK(bench.peer.received() == "");
  bench.peer.wire().resume_reading();
  bench.settle();
  CHECK(difference(bench.peer.received(), sent) == "");
}
