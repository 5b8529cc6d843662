// SPDX-License-Identifier: Apache-2.0
// AT+QIDNSGIP, AT+QPING, AT+QNTP: OK first, the result later (M66 11.13, 11.33, 11.34).
#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/time_server.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using namespace quasimodem::workbench;

namespace {

ModemBench online() { return ModemBench{{.ready = Ready::ip_status}}; }

net::IpAddress address(std::string_view text) { return *net::IpAddress::parse(text); }

}  // namespace

TEST_CASE("QIDNSGIP gives every address of a name", "[names]") {
  auto bench = online();
  bench.network().add_name("many.test", {address("198.51.100.1"), address("198.51.100.2")});
  bench.send("AT+QIDNSGIP=\"many.test\"");
  bench.expect_raw("\r\nOK\r\n\r\n198.51.100.1\r\n\r\n198.51.100.2\r\n");
  bench.expect_nothing();
}

TEST_CASE("QIDNSGIP tells why there is no address, and the state", "[names]") {
  auto bench = online();
  bench.network().add_failing_name("broken.test");
  bench.send("AT+QIDNSGIP=\"no.such.host.invalid\"");
  bench.expect_raw("\r\nOK\r\n\r\nERROR: 4\r\nSTATE: IP STATUS\r\n");
  bench.send("AT+QIDNSGIP=\"broken.test\"");
  bench.expect_raw("\r\nOK\r\n\r\nERROR: 5\r\nSTATE: IP STATUS\r\n");
  bench.expect_nothing();
}

TEST_CASE("QIDNSGIP gives up after 14 seconds and takes one name at a time", "[names]") {
  auto bench = online();
  bench.network().add_silent_name("silent.test");
  bench.ok("AT+QIDNSGIP=\"silent.test\"");
  bench.exchange("AT+QIDNSGIP=\"silent.test\"", {"ERROR"});
  bench.advance(13s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect_raw("\r\nERROR: 5\r\nSTATE: IP STATUS\r\n");
}

TEST_CASE("QIDNSGIP without a context fails after the OK", "[names]") {
  ModemBench bench;
  bench.send("AT+QIDNSGIP=\"a.test\"");
  bench.expect_raw("\r\nOK\r\n\r\nERROR: 3\r\nSTATE: IP INITIAL\r\n");
}

TEST_CASE("QPING measures and sums up", "[names]") {
  auto bench = online();
  bench.network().add_name("peer.test", {address("198.51.100.9")});
  bench.network().set_latency(20ms);
  bench.send("AT+QPING=\"peer.test\",,2");
  bench.advance(10s);
  bench.expect("OK");
  bench.expect("+QPING: 0,198.51.100.9,32,40,255");
  bench.expect("+QPING: 0,198.51.100.9,32,40,255");
  bench.expect("+QPING: 2,2,2,0,40,40,40");
  bench.expect_nothing();
}

TEST_CASE("QPING to a silent address waits its time for each request", "[names]") {
  auto bench = online();
  bench.ok("AT+QPING=\"203.0.113.1\",5,2");
  bench.exchange("AT+QPING=\"203.0.113.1\"", {"OK", "+QPING: 3"});
  bench.advance(4s);
  bench.expect_nothing();
  bench.advance(1s);
  bench.expect("+QPING: 1");
  bench.expect_nothing();
  bench.advance(5s);
  bench.expect("+QPING: 1");
  bench.expect("+QPING: 2,2,0,2,0,0,0");
  bench.expect_nothing();
}

TEST_CASE("QPING: unknown name, no network, ranges", "[names]") {
  auto bench = online();
  bench.exchange("AT+QPING=\"no.such.host.invalid\"", {"OK", "+QPING: 4"});
  bench.exchange("AT+QPING=\"198.51.100.9\",0", {"ERROR"});
  bench.exchange("AT+QPING=\"198.51.100.9\",256", {"ERROR"});
  bench.exchange("AT+QPING=\"198.51.100.9\",1,11", {"ERROR"});
  ModemBench without{{.configuration = workbench::configured({.sim = device::Sim::none()}), .ready = Ready::booted}};
  without.send("AT+QPING=\"198.51.100.9\"");
  without.advance(10s);
  without.expect("OK");
  without.expect("+QPING: 5");
}

TEST_CASE("QPING brings the context up by itself", "[names]") {
  ModemBench bench;
  bench.network().add_name("peer.test", {address("198.51.100.9")});
  bench.send("AT+QPING=\"peer.test\",1,1");
  bench.advance(10s);
  bench.expect("OK");
  bench.expect("+QPING: 0,198.51.100.9,32,0,255");
  bench.expect("+QPING: 2,1,1,0,0,0,0");
}

TEST_CASE("QNTP sets the clock and keeps its server", "[names]") {
  auto bench = online();
  serve_time(bench.network(), "time.test");
  bench.exchange("AT+QNTP?", {"+QNTP: \"210.72.145.44\",123", "OK"});
  bench.exchange("AT+QNTP=\"time.test\"", {"OK", "+QNTP: 0"});
  bench.exchange("AT+CCLK?", {"+CCLK: \"26/07/01,12:00:00+00\"", "OK"});
  bench.exchange("AT+QNTP?", {"+QNTP: \"time.test\",123", "OK"});
  bench.replug();
  bench.exchange("AT+QNTP?", {"+QNTP: \"time.test\",123", "OK"});
}

TEST_CASE("QNTP keeps the time zone of the clock", "[names]") {
  auto bench = online();
  serve_time(bench.network(), "time.test");
  bench.ok("AT+CCLK=\"20/01/01,00:00:00+08\"");
  bench.exchange("AT+QNTP=\"time.test\",123", {"OK", "+QNTP: 0"});
  bench.exchange("AT+CCLK?", {"+CCLK: \"26/07/01,14:00:00+08\"", "OK"});
}

TEST_CASE("QNTP tells what went wrong", "[names]") {
  auto bench = online();
  serve_time(bench.network(), "kiss-of-death.test", kServedTime, 0);
  bench.exchange("AT+QNTP=\"no.such.host.invalid\"", {"OK", "+QNTP: 4"});
  bench.exchange("AT+QNTP=\"kiss-of-death.test\"", {"OK", "+QNTP: 1"});
  bench.ok("AT+QNTP=\"203.0.113.1\"");
  bench.exchange("AT+QNTP", {"OK", "+QNTP: 3"});
  bench.advance(15s);
  bench.expect("+QNTP: 2");
  bench.exchange("AT+QNTP=\"a.test\",0", {"ERROR"});
}

TEST_CASE("an answer that is not ours is no time", "[names]") {
  auto bench = online();
  bench.network().listen("liar.test", 123, net::Transport::udp).on_accept = [](net::SimConnection& peer) {
    peer.on_received = [&peer](ByteSpan) {
      peer.send("short");
      peer.send(Bytes(48, 0x24));
    };
  };
  bench.ok("AT+QNTP=\"liar.test\"");
  bench.advance(15s);
  bench.expect("+QNTP: 2");
}

TEST_CASE("nothing leaves when the context is gone, and who asked hears so", "[names]") {
  const bool by_network = GENERATE(true, false);
  auto bench = online();
  auto& server = bench.network().listen("mute.test", 123, net::Transport::udp);  // takes every question, answers none
  bench.network().ignore_pings(address("198.51.100.99"));
  bench.network().add_name("quiet.test", {address("198.51.100.99")});
  bench.network().add_silent_name("silent.test");
  bench.ok("AT+QNTP=\"mute.test\"");
  bench.ok("AT+QPING=\"quiet.test\",10,3");
  bench.ok("AT+QIDNSGIP=\"silent.test\"");
  bench.advance(1s);
  bench.expect_nothing();
  REQUIRE(server.last().pieces().size() == 1);
  if (by_network) {
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect("+PDP DEACT");
  } else {
    bench.send("AT+QIDEACT");
    bench.expect("DEACT OK");
  }
  const auto said = bench.take();
  CHECK(said.find("\r\n+QNTP: 5\r\n") != std::string::npos);
  CHECK(said.find("\r\n+QPING: 5\r\n") != std::string::npos);
  CHECK(said.find("\r\nERROR: 3\r\nSTATE: ") != std::string::npos);
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(server.last().pieces().size() == 1);
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("the other context's services go on", "[names][M66 11.28]") {
  auto bench = online();
  auto& server = bench.network().listen("mute.test", 123, net::Transport::udp);
  bench.ok("AT+QIFGCNT=1");
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.ok("AT+QNTP=\"mute.test\"");
  bench.outside().lose_context(0);
  bench.advance(14s);
  bench.expect("+PDP DEACT");
  bench.expect_nothing();
  CHECK(server.last().pieces().size() == 3);
  bench.advance(1s);
  bench.expect("+QNTP: 2");
}

TEST_CASE("power off in the middle ends all three without a word", "[names]") {
  auto bench = online();
  bench.network().add_silent_name("silent.test");
  bench.ok("AT+QIDNSGIP=\"silent.test\"");
  bench.ok("AT+QPING=\"silent.test\"");
  bench.ok("AT+QNTP=\"silent.test\"");
  bench.modem().power_key();
  bench.advance(1min);
  bench.expect("NORMAL POWER DOWN");
  bench.expect_nothing();
}
