// SPDX-License-Identifier: Apache-2.0
// Transparent mode of plain sockets, and what DTR does to it (M66 3.2, 7.4, 7.5, 11.23, 11.24; at-reference 2.7).
#include <string>

#include "emulator/device/outside.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/paced_te.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr auto* kOpen = "AT+QIOPEN=\"TCP\",\"198.51.100.9\",80";

std::string some_bytes(std::size_t size) {
  SeededRandom random{size};
  Bytes bytes(size);
  random.fill(bytes);
  return to_text(bytes);
}

struct Tcp : ModemBench {
  Tcp() : ModemBench{{.ready = Ready::ip_status}}, listener{network().listen("198.51.100.9", 80)} { ok("AT+QIMODE=1"); }

  net::SimConnection& peer() { return listener.last(); }
  std::string received() { return to_text(peer().received()); }
  void peer_sends(std::string_view text) {
    peer().send(text);
    advance({});
  }
  void escape() {
    advance(500ms);
    send_raw("+++");
    advance(500ms);
    expect("OK");
    expect_nothing();
  }
  bool dcd() { return modem().line(emulator::Line::dcd); }
  void drop_dtr() {
    modem().set_line(emulator::Line::dtr, false);
    advance({});
  }

  net::SimListener& listener;
};

struct Connected : Tcp {
  explicit Connected(std::string_view settings = "AT") {
    ok(settings);
    exchange(kOpen, {"OK", "CONNECT"});
  }
};

}  // namespace

TEST_CASE("QIOPEN with QIMODE=1: CONNECT, DCD, every byte through", "[transparent][M66 11.23]") {
  Tcp bench;
  CHECK(!bench.dcd());
  bench.exchange(kOpen, {"OK", "CONNECT"});
  CHECK(bench.dcd());
  const auto bytes = some_bytes(1000) + "AT\r\n\x1a\x1b+++";
  bench.send_raw(bytes);
  bench.advance(1s);
  CHECK(bench.received() == bytes);
  bench.peer_sends(some_bytes(1000));
  CHECK(bench.take() == some_bytes(1000));
}

TEST_CASE("a connection that cannot be made says so in command state", "[transparent][M66 11.1]") {
  Tcp bench;
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",81", {"OK", "CONNECT FAIL"});
  CHECK(!bench.dcd());
  bench.ok("AT");
}

TEST_CASE("with several sessions there is no transparent mode", "[transparent][at-reference 2.3]") {
  Tcp bench;
  bench.ok("AT+QIMUX=1");
  CHECK(bench.ask("AT+QITCFG=3,2,512,1") == "\r\nERROR\r\n");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
}

TEST_CASE("QINDI has no effect in transparent mode", "[transparent][at-reference 2.7]") {
  Connected bench{"AT+QINDI=1"};
  bench.peer_sends("raw");
  CHECK(bench.take() == "raw");
}

TEST_CASE("QITCFG bounds", "[transparent][M66 11.24]") {
  Tcp bench;
  bench.ok("AT+QITCFG=1,1,1,0");
  bench.ok("AT+QITCFG=8,20,1460,1");
  bench.exchange("AT+QITCFG?", {"+QITCFG: 8,20,1460,1", "OK"});
  bench.exchange("AT+QITCFG=?", {"+QITCFG: (1-8),(1-20),(1-1460),(0,1)", "OK"});
  for (const auto* parameters : {"0,2,512,1", "9,2,512,1", "3,0,512,1", "3,21,512,1", "3,2,0,1", "3,2,1461,1",
                                 "3,2,512,2", "3,2,512", "3,2,512,1,1", ""}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QITCFG={}", parameters)) == "\r\nERROR\r\n");
  }
  bench.exchange("AT+QITCFG?", {"+QITCFG: 8,20,1460,1", "OK"});
}

TEST_CASE("a packet is sent when it is full", "[transparent][M66 11.24]") {
  Connected bench{"AT+QITCFG=3,20,100,1"};
  bench.send_raw(some_bytes(99));
  CHECK(bench.received() == "");
  bench.send_raw("x");
  CHECK(bench.received() == some_bytes(99) + "x");
  bench.send_raw(std::string(250, 'y'));
  CHECK(bench.received().size() == 300);
  bench.advance(2s);
  CHECK(bench.received().size() == 350);
}

TEST_CASE("a packet is sent when nothing came for the waiting time", "[transparent][M66 11.24]") {
  Connected bench{"AT+QITCFG=3,2,1024,1"};
  bench.send_raw("abc");
  bench.advance(199ms);
  CHECK(bench.received() == "");
  bench.send_raw("def");
  bench.advance(199ms);
  CHECK(bench.received() == "");
  bench.advance(1ms);
  CHECK(bench.received() == "abcdef");
}

TEST_CASE("+++, the states in between, ATO", "[transparent][M66 7.4, 7.5]") {
  Connected bench;
  bench.send_raw("abc");
  bench.escape();
  CHECK(bench.received() == "abc");
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  bench.peer_sends("held");
  bench.expect_nothing();
  bench.exchange(kOpen, {"ALREADY CONNECT"});
  CHECK(bench.ask("ATO") == "\r\nCONNECT\r\nheld");
  CHECK(bench.dcd());
  bench.send_raw("def");
  bench.advance(1s);
  CHECK(bench.received() == "abcdef");
  bench.escape();
  CHECK(bench.ask("ATO0") == "\r\nCONNECT\r\n");
}

TEST_CASE("without <esc> +++ is data", "[transparent][M66 11.24]") {
  Connected bench{"AT+QITCFG=3,2,1024,0"};
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  bench.expect_nothing();
  CHECK(bench.received() == "+++");
}

TEST_CASE("what was typed before +++ is not lost when the connection is closed at once", "[transparent]") {
  Connected bench{"AT+QITCFG=3,20,1024,1"};  // 2 s: longer than the escape takes
  bench.send_raw("last words");
  bench.escape();
  CHECK(bench.received() == "last words");
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
}

TEST_CASE("QICLOSE and QIDEACT after +++", "[transparent][at-reference 2.7]") {
  Connected bench;
  bench.escape();
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  CHECK(bench.peer().ended_by_module());
  bench.exchange("ATO", {"NO CARRIER"});
  bench.exchange(kOpen, {"OK", "CONNECT"});
  bench.escape();
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.exchange("ATO", {"NO CARRIER"});
}

TEST_CASE("QIDEACT of the other context leaves the connection alone", "[transparent]") {
  Connected bench;
  bench.escape();
  bench.ok("AT+QIFGCNT=1;+QIREGAPP;+QIACT");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.exchange("ATO", {"CONNECT"});
  bench.send_raw("abc");
  bench.advance(1s);
  CHECK(bench.received() == "abc");
}

TEST_CASE("the peer closes in data state: everything it sent, then CLOSED", "[transparent][at-reference 2.7]") {
  Connected bench;
  bench.peer().send("bye");
  bench.peer().close();
  bench.advance({});
  CHECK(bench.take() == "bye\r\nCLOSED\r\n");
  CHECK(!bench.dcd());
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
  bench.exchange("ATO", {"NO CARRIER"});
  bench.exchange(kOpen, {"OK", "CONNECT"});
}

TEST_CASE("the peer sends much and closes while the TE does not read", "[transparent]") {
  const std::size_t size = GENERATE(60'000, 70'000, 90'000, 300'000);
  Connected bench;
  const auto text = some_bytes(size);
  bench.peer().send(text);
  bench.peer().close();
  bench.timeline().advance(1s);
  CHECK(bench.channel().output_size() < 150'000);
  bench.advance(1s);
  CHECK((bench.take() == text + "\r\nCLOSED\r\n"));
}

TEST_CASE("the peer has ended and the TE does not see it yet: it is in data state", "[transparent]") {
  Tcp bench;
  bench.ok("AT+IPR=9600");
  bench.exchange(kOpen, {"OK", "CONNECT"});
  PacedTe te{bench};
  const auto text = some_bytes(30'000);
  bench.peer().send(text);
  te.pass(1s);
  bench.peer().close();
  te.pass(1s);
  te.send("AT+CGMM\r");
  te.pass(1s);
  CHECK(bench.dcd());
  SECTION("what it sends goes nowhere, and all that the peer sent comes before CLOSED") {
    te.send(some_bytes(1'000));
    te.expect_end("\r\nCLOSED\r\n", 60s);
    CHECK((te.read == text));
    CHECK(!bench.dcd());
    te.read.clear();
    te.send("AT\r");
    te.expect_end("\r\nOK\r\n", 1s);
  }
  SECTION("+++ is answered, and CLOSED follows") {
    te.pass(500ms);
    te.send("+++");
    te.pass(500ms);
    te.expect_end("\r\nOK\r\n\r\nCLOSED\r\n", 7s);
    CHECK((te.read == text.substr(0, te.read.size())));
    CHECK(te.read.size() < text.size());
    te.send("ATO\r");
    te.expect_end("\r\nNO CARRIER\r\n", 1s);
    te.send("AT+QIRD=0,1,0,1500\r");
    te.pass(3s);
    CHECK(te.read.find("+QIRD: 198.51.100.9:80,TCP,1500\r\n") != std::string::npos);
  }
}

TEST_CASE("the peer closes after +++", "[transparent]") {
  Connected bench;
  bench.escape();
  bench.peer().send("unread");
  bench.peer().close();
  bench.advance({});
  bench.expect("CLOSED");
  bench.exchange("ATO", {"NO CARRIER"});
  CHECK(bench.ask("AT+QIRD=0,1,0,1500") == "\r\n+QIRD: 198.51.100.9:80,TCP,6\r\nunread\r\nOK\r\n");
}

TEST_CASE("the context is lost in data state", "[transparent]") {
  Connected bench;
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.take() == "\r\n+PDP DEACT\r\n");
  CHECK(!bench.dcd());
  bench.exchange("ATO", {"NO CARRIER"});
}

TEST_CASE("a connection that is made while a line is half typed", "[transparent]") {
  Tcp bench;
  bench.network().set_latency(100ms);
  bench.exchange(kOpen, {"OK"});
  bench.send_raw("AT+QIS");
  bench.advance(1s);
  bench.expect_nothing();
  bench.send_raw("TAT\r");
  CHECK(bench.take() == "\r\nOK\r\n\r\nSTATE: CONNECT OK\r\n\r\nCONNECT\r\n");
  bench.send_raw("abc");
  bench.advance(1s);
  CHECK(bench.received() == "abc");
}

TEST_CASE("a peer that reads slowly: nothing is lost, plus signs included", "[transparent]") {
  Tcp bench;
  bench.listener.window = 3000;
  bench.ok("AT+QITCFG=3,1,512,1");
  bench.exchange(kOpen, {"OK", "CONNECT"});
  bench.peer().stop_reading();
  std::string text;
  for (int i = 0; text.size() < 20'000; ++i) text += i % 3 == 0 ? "+++" : some_bytes(50);
  for (std::size_t at = 0; at < text.size(); at += 100) {
    bench.send_raw(std::string_view{text}.substr(at, 100));
    if (at % 1000 == 0) bench.advance(600ms);
  }
  CHECK(!bench.modem().line(emulator::Line::cts));
  bench.peer().resume_reading();
  bench.advance(5s);
  CHECK((bench.received() == text));
  CHECK(bench.modem().line(emulator::Line::cts));
  bench.escape();
}

TEST_CASE("two megabytes each way", "[transparent]") {
  Connected bench{"AT+QITCFG=3,2,1460,1"};
  const auto text = some_bytes(2'000'000);
  bench.peer().send(text);
  std::string read;
  for (std::size_t at = 0; at < text.size(); at += 10'000) {
    bench.send_raw(std::string_view{text}.substr(at, 10'000));
    read += bench.take();
  }
  bench.advance(1s);
  read += bench.take();
  CHECK((read == text));
  CHECK((bench.received() == text));
}

// ---- DTR ----

TEST_CASE("AT&D0: DTR is ignored", "[transparent][M66 3.2]") {
  Connected bench{"AT&D0"};
  bench.drop_dtr();
  bench.send_raw("abc");
  bench.advance(1s);
  CHECK(bench.received() == "abc");
  CHECK(!bench.modem().line(emulator::Line::dtr));
}

TEST_CASE("AT&D1: a DTR drop leaves data state without a word, the connection stays", "[transparent][M66 3.2]") {
  Connected bench{"AT&D1"};
  bench.send_raw("abc");
  bench.drop_dtr();
  bench.expect_nothing();
  CHECK(bench.received() == "abc");
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  bench.modem().set_line(emulator::Line::dtr, true);
  CHECK(bench.ask("ATO") == "\r\nCONNECT\r\n");
}

TEST_CASE("AT&D2: a DTR drop hangs up", "[transparent][M66 3.2]") {
  Connected bench{"AT&D2"};
  bench.drop_dtr();
  CHECK(bench.take() == "\r\nNO CARRIER\r\n");
  CHECK(bench.peer().ended_by_module());
  bench.exchange("ATO", {"NO CARRIER"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
}

TEST_CASE("a DTR drop in command state hangs up a resting connection with AT&D2 only", "[transparent][M66 3.2]") {
  const auto* setting = GENERATE("AT&D0", "AT&D1", "AT&D2");
  Connected bench{setting};
  bench.escape();
  bench.drop_dtr();
  const bool hung_up = std::string_view{setting} == "AT&D2";
  CHECK(bench.take() == (hung_up ? "\r\nNO CARRIER\r\n" : ""));
  CHECK(bench.ask("ATO") == (hung_up ? "\r\nNO CARRIER\r\n" : "\r\nCONNECT\r\n"));
}

TEST_CASE("a DTR drop while the peer does not read leaves no commands behind", "[transparent]") {
  Tcp bench;
  bench.listener.window = 1000;
  bench.ok("AT&D1");
  bench.exchange(kOpen, {"OK", "CONNECT"});
  bench.peer().stop_reading();
  for (int i = 0; i < 100; ++i) bench.send_raw(std::string(97, 'x') + "\rAT+QPOWD=1\r");
  bench.drop_dtr();
  bench.expect_nothing();
  CHECK(bench.power() == device::Power::on);
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
}

// ---- a peer that is faster than the UART ----

TEST_CASE("+++ and the way up work while the peer sends more than the UART carries", "[transparent][M66 7.4]") {
  const int rate = GENERATE(9600, 115200);
  Tcp bench;
  bench.ok(fmt::format("AT+IPR={}", rate));
  bench.exchange(kOpen, {"OK", "CONNECT"});
  PacedTe te{bench};
  const auto text = some_bytes(1'000'000);
  bench.peer().send(text);
  std::string typed;
  for (int i = 0; i < 10; ++i) {
    const auto words = fmt::format("question {} +++ not an end", i);
    te.send(words);
    typed += words;
    te.pass(1s);
    CHECK(bench.received() == typed);
    // What was on its way comes first; at 9600 baud a packet takes one and a half seconds.
    te.escape(rate == 9600 ? 7s : 1s);
    CHECK(!bench.dcd());
    te.send("AT\r");
    te.expect_end("\r\nOK\r\n", 1s);
    te.send("ATO\r");
    te.pass(200ms);
    const auto connect = te.read.rfind("\r\nCONNECT\r\n");
    REQUIRE(connect != std::string::npos);
    te.read.erase(connect, 11);
    CHECK(bench.dcd());
  }
  CHECK(te.read.size() > static_cast<std::size_t>(rate));
  CHECK((te.read == text.substr(0, te.read.size())));
  CHECK(bench.received() == typed);
}

TEST_CASE("+++ leaves at every rate: between two plus signs lies the time of one", "[transparent][M66 7.4]") {
  const int rate = GENERATE(75, 150, 300, 600, 1200);
  Tcp bench;
  bench.ok(fmt::format("AT+IPR={}", rate));
  bench.exchange(kOpen, {"OK", "CONNECT"});
  PacedTe te{bench};
  te.pass(5s);
  te.send("+++");
  te.expect_end("\r\nOK\r\n", 5s);
}

TEST_CASE("DTR acts while the peer sends more than the UART carries", "[transparent][M66 3.2]") {
  Tcp bench;
  bench.ok("AT&D1");
  bench.ok("AT+IPR=9600");
  bench.exchange(kOpen, {"OK", "CONNECT"});
  PacedTe te{bench};
  bench.peer().send(some_bytes(1'000'000));
  te.pass(2s);
  te.send("last words");
  te.pass(1s);
  bench.modem().set_line(emulator::Line::dtr, false);
  CHECK(!bench.dcd());
  CHECK(bench.received() == "last words");
  bench.modem().set_line(emulator::Line::dtr, true);
  te.send("AT+QICLOSE\r");
  te.expect_end("\r\nCLOSE OK\r\n", 7s);
  CHECK((te.read == some_bytes(1'000'000).substr(0, te.read.size())));
}
