// SPDX-License-Identifier: Apache-2.0
// AT+QSSLOPEN, AT+QSSLCLOSE and the end of secure connections (SSL 2.2.2, 2.2.3, 2.2.10.2).
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/timing.hpp"
#include "tests/emulator/ssl_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

const std::string kError = "\r\nERROR\r\n";

struct SslBenchMux0 : SslBench {
  SslBenchMux0() { ok("AT+QIMUX=0"); }
};

}  // namespace

// ---- parameters ----

TEST_CASE("QSSLOPEN: OK first, the code as a URC", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().set_latency(100ms);
  CHECK(bench.ask(bench.open_command(1)) == "\r\nOK\r\n");
  bench.advance(199ms);
  bench.expect_nothing();
  bench.advance(5s);
  CHECK(bench.take() == "\r\n+QSSLOPEN: 1,0\r\n");
}

TEST_CASE("all six sockets and all six contexts", "[SSL 2.2.2]") {
  SslBench bench;
  for (int i = 0; i < 6; ++i) bench.open(i, 0, 5 - i);
  for (int i = 0; i < 6; ++i) bench.send_data(i, std::to_string(i));
  CHECK(bench.peer.connections() == 6);
  for (int i = 0; i < 6; ++i) bench.exchange(fmt::format("AT+QSSLCLOSE={}", i), {fmt::format("{}, CLOSE OK", i)});
}

TEST_CASE("QSSLOPEN parameters outside their ranges are errors without a URC", "[SSL 2.2.2]") {
  SslBench bench;
  for (const auto* parameters : {"",
                                 "1",
                                 "1,0",
                                 "1,0,\"198.51.100.9\"",
                                 "1,0,\"198.51.100.9\",443",
                                 "6,0,\"198.51.100.9\",443,0",
                                 "-1,0,\"198.51.100.9\",443,0",
                                 "1,6,\"198.51.100.9\",443,0",
                                 "1,-1,\"198.51.100.9\",443,0",
                                 "1,0,\"\",443,0",
                                 "1,0,,443,0",
                                 "1,0,\"198.51.100.9\",65536,0",
                                 "1,0,\"198.51.100.9\",-1,0",
                                 "1,0,\"198.51.100.9\",x,0",
                                 "1,0,\"198.51.100.9\",443,2",
                                 "1,0,\"198.51.100.9\",443,-1",
                                 "1,0,\"198.51.100.9\",443,",
                                 "1,0,\"198.51.100.9\",443,0,9",
                                 "1,0,\"198.51.100.9\",443,0,301",
                                 "1,0,\"198.51.100.9\",443,0,-1",
                                 "1,0,\"198.51.100.9\",443,0,x",
                                 "1,0,\"198.51.100.9\",443,0,10,0",
                                 "a,0,\"198.51.100.9\",443,0"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QSSLOPEN={}", parameters)) == kError);
  }
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.peer.connections() == 0);
}

TEST_CASE("hosts by name, by address, quoted or not", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().add_name("peer.test", {*net::IpAddress::parse(kPeerAddress)});
  const auto* host = GENERATE("\"peer.test\"", "\"PEER.test\"", "peer.test", "198.51.100.9", "\"198.51.100.9\"");
  const auto* names = GENERATE("AT+QIDNSIP=0", "AT+QIDNSIP=1");
  bench.ok(names);
  bench.exchange(fmt::format("AT+QSSLOPEN=1,0,{},\"443\",0", host), {"OK", "+QSSLOPEN: 1,0"});
}

// ---- time-outs ----

TEST_CASE("QSSLOPEN gives up exactly at its time-out", "[SSL 2.2.2]") {
  const auto [parameter, limit] = GENERATE(
      table<std::string, Duration>({{"", 90s}, {",10", 10s}, {",11", 11s}, {",90", 90s}, {",300", 300s}, {",", 90s}}));
  const auto* silence = GENERATE("the address", "the port", "the TLS server", "the name server");
  SslBench bench;
  bench.network().add_silent_name("silent.test");
  bench.network().ignore(kPeerAddress, 444);
  bench.network().listen_silently(kPeerAddress, 445);
  const std::string_view where{silence};
  const auto* host = where == "the name server" ? "silent.test" : kPeerAddress.data();
  const int port = where == "the TLS server" ? 445 : 444;
  INFO(where << " is silent");
  bench.exchange(fmt::format("AT+QSSLOPEN=2,0,\"{}\",{},0{}", host, port, parameter), {"OK"});
  bench.advance(limit - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("+QSSLOPEN: 2,-1");
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.timeline().idle());
}

TEST_CASE("the time-out covers the handshake as well", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().set_latency(3s);  // connecting takes 6 s, the handshake 12 more
  bench.exchange(bench.open_command(1, 0, 443, ",10"), {"OK"});
  bench.advance(10s);
  bench.expect("+QSSLOPEN: 1,-1");
  bench.exchange(bench.open_command(1, 0, 443, ",30"), {"OK"});
  bench.advance(30s);
  bench.expect("+QSSLOPEN: 1,0");
}

TEST_CASE("the module's own time for a handshake counts too", "[SSL 2.2.2]") {
  SslBench bench;
  bench.board().set_timing({.tls_plain = 15s});
  bench.exchange(bench.open_command(1, 0, 443, ",10"), {"OK"});
  bench.advance(10s);
  bench.expect("+QSSLOPEN: 1,-1");
  bench.exchange(bench.open_command(1, 0, 443, ",16"), {"OK"});
  bench.advance(15s);
  bench.expect("+QSSLOPEN: 1,0");
}

// ---- codes ----

TEST_CASE("QSSLOPEN reports -1 at once when it is clear that it failed", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().refuse(kPeerAddress, 444);
  bench.network().add_failing_name("failing.test");
  bench.network().listen(kPeerAddress, 445).on_accept = [](net::SimConnection& wire) { wire.close(); };
  bench.network().listen(kPeerAddress, 446).on_accept = [](net::SimConnection& wire) { wire.reset(); };
  bench.network().listen(kPeerAddress, 447).on_accept = [](net::SimConnection& wire) {
    wire.send("SSH-2.0-OpenSSH_9.2\r\n");
  };
  for (const auto* target :
       {"198.51.100.9\",444", "203.0.113.1\",443", "no.such.test\",443", "failing.test\",443", "198.51.100.9\",445",
        "198.51.100.9\",446", "198.51.100.9\",447", "1.2.3.4.5\",443", "256.1.1.1\",443"}) {
    INFO(target);
    bench.exchange(fmt::format("AT+QSSLOPEN=3,0,\"{},0", target), {"OK", "+QSSLOPEN: 3,-1"});
    CHECK(bench.ask("AT+QSSLSEND=3,1") == kError);
    CHECK(bench.ask("AT+QSSLRECV=0,3,1") == kError);
  }
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("QSSLOPEN reports -2 for an index that is in use", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().listen(kPeerAddress, 80);
  bench.network().listen(kPeerAddress, 53, net::Transport::udp);
  bench.network().ignore(kPeerAddress, 81);
  const std::string use = GENERATE("open SSL", "SSL being opened", "open TCP", "TCP being opened", "UDP");
  INFO(use);
  if (use == "open SSL") bench.open(1);
  if (use == "SSL being opened") bench.exchange(bench.open_command(1, 0, 81), {"OK"});
  if (use == "open TCP") bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  if (use == "TCP being opened") bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",81", {"OK"});
  if (use == "UDP") bench.exchange("AT+QIOPEN=1,\"UDP\",\"198.51.100.9\",53", {"OK", "1, CONNECT OK"});
  const auto before = bench.ask("AT+QSSLSTATE");
  bench.exchange(bench.open_command(1), {"OK", "+QSSLOPEN: 1,-2"});
  CHECK(bench.ask("AT+QSSLSTATE") == before);
  bench.open(2);
}

TEST_CASE("QIOPEN to an index with SSL fails and leaves it alone", "[SSL 1.3]") {
  SslBench bench;
  bench.open(1);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT FAIL"});
  bench.send_data(1, "still there");
  CHECK(bench.peer.received() == "still there");
}

TEST_CASE("an index whose connection the peer has closed can be used again at once", "[SSL 2.2.2]") {
  SslBench bench;
  for (int round = 0; round < 3; ++round) {
    bench.open(1);
    bench.peer.close();
    bench.advance({});
    bench.expect("+QSSLURC: \"closed\",1");
  }
  bench.open(1);
}

TEST_CASE("several connections are opened at the same time", "[SSL 2.2.2]") {
  SslBench bench;
  bench.network().set_latency(100ms);
  for (int i = 0; i < 6; ++i) bench.exchange(bench.open_command(i), {"OK"});
  bench.advance(10s);
  for (int i = 0; i < 6; ++i) bench.expect(fmt::format("+QSSLOPEN: {},0", i));
  bench.expect_nothing();
}

// ---- states of the stack ----

TEST_CASE("without an active context the open fails", "[SSL 2.2.2][at-reference 3.3]") {
  ModemBench bench{{.ready = GENERATE(Ready::attached, Ready::ip_start)}};
  TlsPeer peer{bench.network(), kPeerAddress, 443};
  bench.ok("AT+QIMUX=1");
  const auto before = bench.ask("AT+QISTAT");
  bench.exchange(SslBench::open_command(1), {"OK", "+QSSLOPEN: 1,-1"});
  CHECK(bench.ask("AT+QISTAT") == before);
  CHECK(peer.connections() == 0);
}

TEST_CASE("QILOCIP is not needed before QSSLOPEN", "[SSL 2.2.2][quirk Q6]") {
  ModemBench bench{{.ready = Ready::ip_gprsact}};
  TlsPeer peer{bench.network(), kPeerAddress, 443};
  bench.exchange(SslBench::open_command(0), {"OK", "+QSSLOPEN: 0,0"});
}

TEST_CASE("while the context is halted QSSLOPEN is an error", "[SSL 2.2.2][quirk Q9]") {
  SslBench bench;
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+PDP DEACT");
  CHECK(bench.ask(bench.open_command(1)) == kError);
}

TEST_CASE("with QIMUX=0 only socket 0 is there", "[SSL 2.2.2][at-reference 3.3]") {
  SslBenchMux0 bench;
  for (int i = 1; i < 6; ++i) CHECK(bench.ask(bench.open_command(i)) == kError);
  bench.open(0);
  bench.exchange(bench.open_command(0), {"OK", "+QSSLOPEN: 0,-2"});
}

TEST_CASE("the background context has sockets of its own", "[SSL 2.2.5]") {
  SslBench bench;
  bench.open(1);
  bench.ok("AT+QIFGCNT=1");
  bench.send("AT+QIREGAPP;+QIACT");
  bench.expect("OK");
  bench.open(1);
  bench.peer_sends("to context 1");
  bench.expect("+QSSLURC: \"recv\",1,1");
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+QSSLRECV=1,1,1500") == "\r\n+QSSLRECV: 198.51.100.9:443,TCP,12\r\nto context 1\r\nOK\r\n");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.ok("AT+QIFGCNT=0");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
}

// ---- QSSLCLOSE ----

TEST_CASE("QSSLCLOSE says the index with QIMUX=1 and nothing of it with QIMUX=0", "[SSL 2.2.3]") {
  SslBench bench;
  bench.open(1);
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  SslBenchMux0 single;
  single.open(0);
  single.exchange("AT+QSSLCLOSE=0", {"CLOSE OK"});
}

TEST_CASE("<closetype> is reserved", "[SSL 2.2.3]") {
  SslBench bench;
  for (const auto* type : {"0", "1"}) {
    bench.open(1);
    bench.exchange(fmt::format("AT+QSSLCLOSE=1,{}", type), {"1, CLOSE OK"});
  }
  bench.open(1);
  for (const auto* parameters : {"", "6", "-1", "x", "1,2", "1,-1", "1,x", "1,0,0", ",0"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QSSLCLOSE={}", parameters)) == kError);
  }
  bench.send_data(1, "still open");
}

TEST_CASE("QSSLCLOSE of what is not an open SSL connection is an error", "[SSL 2.2.3]") {
  SslBench bench;
  CHECK(bench.ask("AT+QSSLCLOSE=1") == kError);
  bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  CHECK(bench.ask("AT+QSSLCLOSE=1") == kError);
  bench.exchange("AT+QICLOSE=1", {"1, CLOSE OK"});
  bench.open(2);
  CHECK(bench.ask("AT+QICLOSE=2") == kError);
  bench.exchange("AT+QSSLCLOSE=2", {"2, CLOSE OK"});
  CHECK(bench.ask("AT+QSSLCLOSE=2") == kError);
  bench.open(3);
  bench.peer.close();
  bench.advance({});
  bench.expect("+QSSLURC: \"closed\",3");
  CHECK(bench.ask("AT+QSSLCLOSE=3") == kError);
  bench.open(3);
}

TEST_CASE("QSSLCLOSE tells the peer in order", "[SSL 2.2.3]") {
  SslBench bench;
  bench.open(1);
  bench.send_data(1, "last words");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.advance({});
  CHECK(bench.peer.received() == "last words");
  CHECK(bench.peer.session().state() == tls::ServerSession::State::peer_closed);
  CHECK(bench.peer.wire().ended_by_module());
  bench.advance(10min);
  bench.expect_nothing();
}

TEST_CASE("QSSLCLOSE while the connection is being opened", "[SSL 2.2.3]") {
  SslBench bench;
  bench.network().ignore(kPeerAddress, 444);
  bench.exchange(bench.open_command(1, 0, 444), {"OK"});
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.advance(10min);
  bench.expect_nothing();
  bench.open(1);
}

TEST_CASE("data that waits is gone after QSSLCLOSE", "[SSL 2.2.3]") {
  SslBench bench;
  bench.open(1);
  bench.peer_sends("unread");
  bench.expect("+QSSLURC: \"recv\",0,1");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == kError);
  bench.open(1);
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == "\r\nOK\r\n");
}

// ---- "closed" ----

TEST_CASE("the closed URC comes once, however the peer ends it", "[SSL 2.2.10.2]") {
  const std::string how = GENERATE("close_notify", "FIN", "reset", "alert");
  INFO(how);
  SslBench bench;
  bench.open(4);
  if (how == "close_notify") bench.peer.close();
  if (how == "FIN") bench.peer.hang_up();
  if (how == "reset") bench.peer.wire().reset();
  if (how == "alert") bench.peer.wire().send(as_text(Bytes{0x15, 3, 3, 0, 2, 2, 40}));
  bench.advance({});
  CHECK(bench.take() == "\r\n+QSSLURC: \"closed\",4\r\n");
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.ask("AT+QSSLSEND=4,1") == kError);
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("garbage from the peer ends the connection", "[SSL 2.2.10.2]") {
  SslBench bench;
  bench.open(4);
  bench.peer.wire().send(std::string(100, '\x17'));
  bench.advance({});
  CHECK(bench.take() == "\r\n+QSSLURC: \"closed\",4\r\n");
}

TEST_CASE("only its own connection ends", "[SSL 2.2.10.2]") {
  SslBench bench;
  bench.open(1);
  TlsPeer other{bench.network(), kPeerAddress, 8443};
  bench.exchange(bench.open_command(2, 0, 8443), {"OK", "+QSSLOPEN: 2,0"});
  other.close();
  bench.advance({});
  CHECK(bench.take() == "\r\n+QSSLURC: \"closed\",2\r\n");
  bench.send_data(1, "hello");
}

TEST_CASE("a peer that closes right after the handshake: first the code, then the data, then the end",
          "[SSL 2.2.10.2]") {
  const auto computing = GENERATE(0ms, 200ms);
  const bool in_order = GENERATE(true, false);
  SslBench bench;
  bench.board().set_timing({.tls_plain = computing});
  bench.peer.on_handshake = [&] {
    bench.peer.send("greeting");
    in_order ? bench.peer.close() : bench.peer.hang_up();
  };
  bench.send(bench.open_command(1));
  bench.advance(1s);
  CHECK(bench.take() == "\r\nOK\r\n\r\n+QSSLOPEN: 1,0\r\n\r\n+QSSLURC: \"recv\",0,1\r\n\r\n+QSSLURC: \"closed\",1\r\n");
  CHECK(bench.receive(1) == "greeting");
  CHECK(bench.receive(1) == "");
}

TEST_CASE("the loss of the context closes every SSL connection, then itself is told", "[SSL 2.2.10.2]") {
  SslBench bench;
  bench.network().listen(kPeerAddress, 80);
  bench.network().ignore(kPeerAddress, 81);
  bench.open(0);
  bench.open(5);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  bench.exchange(bench.open_command(2, 0, 81), {"OK"});
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.take() ==
        "\r\n+QSSLURC: \"closed\",0\r\n\r\n+QSSLOPEN: 2,-1\r\n\r\n+QSSLURC: \"closed\",5\r\n\r\n+PDP DEACT\r\n");
  CHECK(bench.network().open_links() == 0);
  bench.advance(10min);
  bench.expect_nothing();
}

TEST_CASE("QIDEACT closes without closed URCs; what was being opened has failed", "[SSL 2.2.10.2]") {
  SslBench bench;
  bench.network().ignore(kPeerAddress, 81);
  bench.open(0);
  bench.exchange(bench.open_command(2, 0, 81), {"OK"});
  bench.exchange("AT+QIDEACT", {"DEACT OK", "+QSSLOPEN: 2,-1"});
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("switching off ends everything without a word", "[SSL 2.2.10.2]") {
  SslBench bench;
  bench.open(0);
  bench.exchange("AT+QPOWD=1", {"NORMAL POWER DOWN"});
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.network().open_links() == 0);
  CHECK(bench.peer.wire().ended_by_module());
}

// ---- transparent mode ----

TEST_CASE("<connectmode> 1: CONNECT and every byte through TLS", "[SSL 2.2.2][at-reference 3.8]") {
  SslBench bench;
  const auto open = fmt::format("AT+QSSLOPEN=1,0,\"{}\",443,1", kPeerAddress);
  bench.exchange(open, {"OK", "CONNECT"});
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  bench.send_raw(bytes);
  bench.advance(1s);
  CHECK(bench.peer.received() == bytes);
  bench.peer_sends(bytes);
  CHECK(bench.take() == bytes);
  bench.send_raw("+++");
  bench.advance(500ms);
  bench.expect("OK");
  bench.peer_sends("held");
  bench.expect_nothing();
  CHECK(bench.ask("ATO") == "\r\nCONNECT\r\nheld");
  bench.peer.close();
  bench.advance({});
  bench.expect("CLOSED");
  bench.exchange("ATO", {"NO CARRIER"});
}

TEST_CASE("<connectmode> 1 that fails has its code", "[SSL 2.2.2][at-reference 3.8]") {
  SslBench bench;
  bench.exchange(fmt::format("AT+QSSLOPEN=1,0,\"{}\",444,1", kPeerAddress), {"OK", "+QSSLOPEN: 1,-1"});
  bench.ok("AT");
}

TEST_CASE("a large transfer through a transparent SSL connection, both ways", "[SSL 2.2.2][at-reference 3.8]") {
  SslBench bench;
  bench.ok("AT+QIMUX=0;+QITCFG=3,2,1460,0");
  bench.exchange(fmt::format("AT+QSSLOPEN=0,0,\"{}\",443,1", kPeerAddress), {"OK", "CONNECT"});
  const auto text = some_text(300'000);
  bench.peer.send(text);
  std::string read;
  for (std::size_t at = 0; at < text.size(); at += 10'000) {
    bench.send_raw(std::string_view{text}.substr(at, 10'000));
    bench.advance(10ms);
    read += bench.take();
  }
  bench.advance(1s);
  read += bench.take();
  CHECK((bench.peer.received() == text));
  CHECK((read == text));
}

TEST_CASE("there is one UART: a second transparent connection is refused", "[SSL 2.2.2]") {
  SslBench bench;
  const auto open = [](int ssid) { return fmt::format("AT+QSSLOPEN={},0,\"{}\",443,1", ssid, kPeerAddress); };
  const bool connected = GENERATE(true, false);
  if (!connected) bench.network().set_latency(1s);
  bench.send(open(1));
  bench.take();
  if (connected) {
    bench.advance(500ms);
    bench.send_raw("+++");
    bench.advance(500ms);
    bench.take();
  }
  CHECK(bench.ask(open(2)) == kError);
  CHECK(bench.ask("AT+QIFGCNT=1;+QIREGAPP;+QIACT") == "\r\nOK\r\n");
  CHECK(bench.ask(open(1)) == kError);
  bench.exchange("AT+QIFGCNT=0", {"OK"});
  bench.advance(1min);
  bench.take();
  if (connected) bench.exchange("ATO", {"CONNECT"});
  bench.send_raw("hello");
  bench.advance(1min);
  CHECK(bench.peer.received() == "hello");
}

TEST_CASE("sockets of the same number in two contexts are not mixed up", "[SSL 2.2.2]") {
  SslBench bench;
  bench.exchange(fmt::format("AT+QSSLOPEN=1,0,\"{}\",443,1", kPeerAddress), {"OK", "CONNECT"});
  bench.advance(500ms);
  bench.send_raw("+++");
  bench.advance(500ms);
  bench.expect("OK");
  bench.send("AT+QIFGCNT=1;+QIREGAPP;+QIACT");
  bench.expect("OK");
  bench.open(1);  // not transparent
  bench.send_data(1, "context 1");
  CHECK(bench.peer.received() == "context 1");
}
