// SPDX-License-Identifier: Apache-2.0
// The wire rules that several clients depend on, by their numbers in clients.md 1. Each is pinned here in its shortest
// form and looked at from all sides elsewhere: [clients 1.2] and so on are the tags. Rule 16 about ptys is in
// tests/integration/test_pty.py; 17 is about what a pty cannot do, and 18 about CMUX.
#include <fmt/core.h>

#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/uart/uart_line.hpp"
#include "emulator/workbench/configured.hpp"
#include "emulator/workbench/time_server.hpp"
#include "tests/emulator/driver.hpp"
#include "tests/emulator/ssl_bench.hpp"
#include "tests/support/lab.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::string_view kHost = "peer.test";

/// A module of profile lab on a line at 9600 baud, and what arrives at the TE with the time it arrives.
struct PacedLine {
  struct Burst {
    Instant begin, end;
    std::string text;
  };

  explicit PacedLine(std::initializer_list<const char*> settings) {
    bench.advance(1s);
    bench.take();
    for (const auto* line : settings) {
      bench.send(line);
      bench.advance(1s);
      bench.expect("OK");
    }
    bench.network().set_latency(kLab.round_trip.median);
  }

  /// Everything until `time` has passed, cut where the line is idle for longer than a character takes.
  std::vector<Burst> bursts_after(std::string_view line, Duration time) {
    std::vector<Burst> bursts;
    uart.pump();
    uart.from_te(as_bytes(std::string{line} + "\r"));
    const auto end = bench.timeline().now() + time;
    while (bench.timeline().now() < end) {
      while (uart.pump()) {
      }
      bench.timeline().advance(kTick);
      const auto arrived = uart.take();
      if (arrived.empty()) continue;
      const auto now = bench.timeline().now();
      if (bursts.empty() || now - bursts.back().end > kCharacter + kTick) bursts.push_back({now, now, {}});
      bursts.back().text += as_text(arrived);
      bursts.back().end = now;
    }
    return bursts;
  }

  static constexpr Duration kCharacter = Duration{1s} * 10 / 9600;
  static constexpr Duration kTick = 100us;

  ModemBench bench{{.configuration = workbench::configured({.timing = kLab}), .ready = Ready::ip_status}};
  uart::UartLine uart{bench.timeline(), bench.modem(), uart::Pacing::on};
};

std::vector<std::string> texts(const std::vector<PacedLine::Burst>& bursts) {
  std::vector<std::string> texts;
  for (const auto& burst : bursts) texts.push_back(burst.text);
  return texts;
}

}  // namespace

TEST_CASE("wire rule 1: one final result for a line, framed, whatever the blanks", "[wire][clients 1.1]") {
  ModemBench bench;
  CHECK(bench.ask("ATE0; &C0; +CMEE=1; +QIURC=0") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+CMEE=1;+CREG=2") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+QICSGP=1, \"CMNET\"") == "\r\nOK\r\n");
  CHECK(bench.ask("AT+CMEE=0;+NOSUCH;+CREG=2") == "\r\nERROR\r\n");
}

TEST_CASE("wire rule 2: LF after CR is never payload, other early bytes are", "[wire][clients 1.2]") {
  // CR and LF in one write, and LF on its own: before every kind of data phase.
  const bool apart = GENERATE(false, true);
  SslBench bench;
  auto& listener = bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  bench.open(0);
  const auto command = [&](std::string_view line) {
    bench.send_raw(fmt::format("{}\r", line));
    if (apart) bench.advance(1ms);
    bench.send_raw("\n");
  };
  command("AT");
  bench.expect("OK");
  command("AT+QISEND=1,5");
  bench.expect_prompt();
  bench.send_raw("hello");
  bench.expect("SEND OK");
  CHECK(as_text(listener.last().received()) == "hello");
  command("AT+QSSLSEND=0,5");
  bench.expect_prompt();
  bench.send_raw("hello");
  bench.expect("SEND OK");
  CHECK(bench.peer.received() == "hello");
  command("AT+QSECWRITE=\"RAM:f\",5");
  bench.expect("CONNECT");
  bench.send_raw("hello");
  bench.expect(fmt::format("+QSECWRITE: 5,{:x}", expected_checksum(to_bytes("hello"))));
  bench.expect("OK");
  command("AT+CMGF=1");
  bench.expect("OK");
  command("AT+CMGS=\"10086\"");
  bench.expect_prompt();
  bench.send_raw("hello\x1A");
  bench.expect("+CMGS: 1");
  bench.expect("OK");
  CHECK(bench.me().messaging().journal().back().message.data.length == 5);
  // Not LF: kept.
  bench.send_raw("AT+QISEND=1,3\r\nabc");
  bench.expect_prompt();
  bench.expect("SEND OK");
  CHECK(as_text(listener.last().received()) == "helloabc");
  bench.expect_nothing();
}

TEST_CASE("wire rule 3: the prompt is CR LF > blank", "[wire][clients 1.3]") {
  SslBench bench;
  bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  bench.open(0);
  bench.ok("AT+CMGF=1");
  for (const auto* line :
       {"AT+QISEND=1,1", "AT+QISEND=1", "AT+QSSLSEND=0,1", "AT+QSSLSEND=0", "AT+CMGS=\"10086\"", "AT+CMGW=\"10086\""}) {
    CHECK(bench.ask(line) == "\r\n> ");
    bench.send_raw("x\x1B");
    bench.take();
  }
}

TEST_CASE("wire rules 4 and 5: OK is a burst, its later result another, none has a gap", "[wire][clients 1.4][1.5]") {
  PacedLine line{{"AT+IPR=9600", "AT+QIDNSIP=1"}};
  auto& bench = line.bench;
  bench.network().listen(kHost, 80);
  TlsPeer peer{bench.network(), kHost, 443};
  workbench::serve_time(bench.network(), "time.test");
  const auto ip = bench.network().address_of(kHost).text();
  const auto several = [&] { line.bursts_after("AT+QIMUX=1", 1s); };
  const auto expect_two = [&](std::string_view command, std::string_view result) {
    INFO(std::string{command});
    const auto bursts = line.bursts_after(command, 10s);
    REQUIRE(texts(bursts) == std::vector<std::string>{"\r\nOK\r\n", fmt::format("\r\n{}\r\n", result)});
    // The network's round trip lies between them; the Arduino library needs some tens of milliseconds.
    CHECK(bursts[1].begin - bursts[0].end > 50ms);
    for (const auto& burst : bursts) {
      const auto characters = static_cast<Duration::rep>(burst.text.size() - 1);
      CHECK(burst.end - burst.begin <= characters * PacedLine::kCharacter + 2 * PacedLine::kTick);
    }
  };
  SECTION("QIOPEN, one session") { expect_two("AT+QIOPEN=\"TCP\",\"peer.test\",80", "CONNECT OK"); }
  SECTION("QIOPEN, several sessions") {
    several();
    expect_two("AT+QIOPEN=3,\"TCP\",\"peer.test\",80", "3, CONNECT OK");
  }
  SECTION("QIOPEN, transparent") {
    line.bursts_after("AT+QIMODE=1", 1s);
    expect_two("AT+QIOPEN=\"TCP\",\"peer.test\",80", "CONNECT");
  }
  SECTION("QSSLOPEN") { expect_two("AT+QSSLOPEN=0,0,\"peer.test\",443,0", "+QSSLOPEN: 0,0"); }
  SECTION("QIDNSGIP") { expect_two("AT+QIDNSGIP=\"peer.test\"", ip); }
  SECTION("QNTP") { expect_two("AT+QNTP=\"time.test\"", "+QNTP: 0"); }
}

TEST_CASE("wire rule 4 where nothing takes time: what comes later is a write of its own", "[wire][clients 1.4]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen(kHost, 80);
  TlsPeer peer{bench.network(), kHost, 443};
  workbench::serve_time(bench.network(), "time.test");
  bench.ok("AT+QIDNSIP=1");
  const auto ip = bench.network().address_of(kHost).text();
  uart::UartLine line{bench.timeline(), bench.modem(), uart::Pacing::off};
  const auto writes = [&] {
    std::vector<std::string> all;
    for (int i = 0; i < 100; ++i) {
      bool moved = true;
      while (moved) {
        moved = line.pump();
        if (const auto bytes = line.take(); !bytes.empty()) all.push_back(to_text(bytes));
      }
      bench.timeline().advance(100us);
    }
    return all;
  };
  const auto expect_writes = [&](std::string_view command, std::vector<std::string> results) {
    INFO(std::string{command});
    line.from_te(as_bytes(std::string{command} + "\r"));
    bench.timeline().run_due();  // everything has happened before anybody looks
    for (auto& result : results) result = fmt::format("\r\n{}\r\n", result);
    CHECK(writes() == results);
  };
  SECTION("QIOPEN, one session") { expect_writes("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT OK"}); }
  SECTION("QIOPEN, several sessions") {
    bench.ok("AT+QIMUX=1");
    expect_writes("AT+QIOPEN=3,\"TCP\",\"peer.test\",80", {"OK", "3, CONNECT OK"});
    expect_writes("AT+QIOPEN=3,\"TCP\",\"peer.test\",80", {"OK", "3, CONNECT FAIL"});
  }
  SECTION("QIOPEN, transparent; the peer speaks first") {
    bench.ok("AT+QIMODE=1");
    listener.on_accept = [](net::SimConnection& connection) { connection.send("220 ready"); };
    line.from_te(as_bytes("AT+QIOPEN=\"TCP\",\"peer.test\",80\r"));
    bench.timeline().run_due();
    CHECK(writes() == std::vector<std::string>{"\r\nOK\r\n", "\r\nCONNECT\r\n", "220 ready"});
  }
  SECTION("QSSLOPEN") { expect_writes("AT+QSSLOPEN=0,0,\"peer.test\",443,0", {"OK", "+QSSLOPEN: 0,0"}); }
  SECTION("QSSLOPEN, transparent") { expect_writes("AT+QSSLOPEN=0,0,\"peer.test\",443,1", {"OK", "CONNECT"}); }
  SECTION("QIDNSGIP") { expect_writes("AT+QIDNSGIP=\"peer.test\"", {"OK", ip}); }
  SECTION("QNTP") { expect_writes("AT+QNTP=\"time.test\"", {"OK", "+QNTP: 0"}); }
  SECTION("QPING") {
    expect_writes("AT+QPING=\"peer.test\",5,1", {"OK", "+QPING: 0," + ip + ",32,0,255", "+QPING: 2,1,1,0,0,0,0"});
  }
  SECTION("QISERVER") {
    bench.ok("AT+QILPORT=\"TCP\",2020");
    expect_writes("AT+QISERVER", {"OK", "SERVER OK"});
  }
  SECTION("CUSD") { expect_writes("AT+CUSD=1,\"*100#\"", {"OK", "+CUSD: 0,\"Your balance is 10.00\",15"}); }
  SECTION("messages that come while a command is answered") {
    line.from_te(as_bytes("AT\r"));
    for (int i = 0; i < 3; ++i)
      bench.outside().deliver_sms("+4917", "hi", device::sms::Timestamp{10, 9, 25, 17, 25, 1, 32});
    bench.timeline().run_due();
    CHECK(writes() == std::vector<std::string>{"\r\nOK\r\n", "\r\n+CMTI: \"SM\",1\r\n", "\r\n+CMTI: \"SM\",2\r\n",
                                               "\r\n+CMTI: \"SM\",3\r\n"});
  }
  SECTION("data that the peer sends back at once") {
    bench.ok("AT+QINDI=1");
    bench.exchange("AT+QIOPEN=\"TCP\",\"peer.test\",80", {"OK", "CONNECT OK"});
    line.from_te(as_bytes("AT+QISEND=2\rhi"));
    listener.last().send("hi");
    bench.timeline().run_due();
    CHECK(writes() == std::vector<std::string>{"\r\n> \r\nSEND OK\r\n", "\r\n+QIRDI: 0,1,0\r\n"});
  }
}

TEST_CASE("wire rule 5: a response of several lines is one burst", "[wire][clients 1.5]") {
  PacedLine line({"AT+IPR=9600"});
  for (const auto* command : {"AT", "ATI", "AT+CSQ", "AT+QISTATE", "AT+QSSLSTATE", "AT&V", "AT+NOSUCH", "AT+COPS=?"}) {
    INFO(command);
    const auto bursts = line.bursts_after(command, 5s);
    REQUIRE(bursts.size() == 1);
    CHECK((bursts[0].text.ends_with("\r\n")));
    const auto characters = static_cast<Duration::rep>(bursts[0].text.size() - 1);
    CHECK(bursts[0].end - bursts[0].begin <= characters * PacedLine::kCharacter + 2 * PacedLine::kTick);
  }
}

TEST_CASE("wire rule 6: answers without OK", "[wire][clients 1.6]") {
  ModemBench bench;
  CHECK(bench.ask("AT+QILOCIP") == "\r\nERROR\r\n");
  CHECK(bench.ask("AT+QIDEACT") == "\r\nDEACT OK\r\n");
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
  CHECK(bench.ask("AT+QILOCIP") == "\r\n10.1.83.188\r\n");
  bench.network().listen("198.51.100.9", 80);
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  CHECK(bench.ask("AT+QICLOSE") == "\r\nCLOSE OK\r\n");
  bench.ok("AT+QIMUX=1");
  bench.exchange("AT+QIOPEN=5,\"TCP\",\"198.51.100.9\",80", {"OK", "5, CONNECT OK"});
  CHECK(bench.ask("AT+QICLOSE=5") == "\r\n5, CLOSE OK\r\n");
  CHECK(bench.ask("AT+QPOWD=1") == "\r\nNORMAL POWER DOWN\r\n");
}

TEST_CASE("wire rules 7 and 8: counted data of all values out, and in without anything between",
          "[wire][clients 1.7]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen("198.51.100.9", 80);
  for (const auto* line : {"AT+QIMUX=1", "AT+QINDI=1", "AT+QISDE=0"}) bench.ok(line);
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  std::string every;
  for (int value = 0; value < 256; ++value) every += static_cast<char>(value);
  bench.send("AT+QISEND=0,256");
  bench.expect_prompt();
  bench.send_raw(every);
  bench.expect("SEND OK");
  CHECK((as_text(listener.last().received()) == every));
  bench.send("AT+QISEND=0");
  bench.expect_prompt();
  bench.send_raw("gone\x1B");
  bench.expect("OK");
  for (const std::size_t length : {255U, 256U, 1024U, 1500U}) {
    listener.last().send(some_text(length));
    bench.advance({});
    bench.expect("+QIRDI: 0,1,0");
    bench.send(fmt::format("AT+QIRD=0,1,0,{}", length));
    listener.last().send("more");  // in the very moment
    bench.advance({});
    bench.expect_raw(fmt::format("\r\n+QIRD: 198.51.100.9:80,TCP,{}\r\n{}\r\nOK\r\n", length, some_text(length)));
    bench.take();
    while (bench.ask("AT+QIRD=0,1,0,1500") != "\r\nOK\r\n") {
    }
  }
}

TEST_CASE("wire rule 9: data URCs", "[wire][clients 1.9]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+QIMUX=1");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  const auto arrives = [&](std::string_view data) {
    listener.last().send(data);
    bench.advance({});
    return bench.take();
  };
  CHECK(arrives("abc") == "\r\n+RECEIVE: 0, 3\r\nabc");
  bench.ok("AT+QINDI=1");
  CHECK(arrives("abc") == "\r\n+QIRDI: 0,1,0\r\n");
  CHECK(arrives("def").empty());
  bench.ask("AT+QIRD=0,1,0,1500");
  bench.ok("AT+QIRD=0,1,0,1500");
  bench.ok("AT+QINDI=2");
  CHECK(arrives("abc") == "\r\n+QIRDI: 0,1,0,1,3,3\r\n");
  CHECK(arrives("de") == "\r\n+QIRDI: 0,1,0,2,2,5\r\n");
}

TEST_CASE("wire rule 10: the other side closes", "[wire][clients 1.10]") {
  SslBench bench;
  auto& listener = bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  bench.open(0);
  listener.last().close();
  bench.advance({});
  CHECK(bench.take() == "\r\n1, CLOSED\r\n");
  bench.peer.close();
  bench.advance({});
  CHECK(bench.take() == "\r\n+QSSLURC: \"closed\",0\r\n");
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.take() == "\r\n+PDP DEACT\r\n");

  ModemBench single{{.ready = Ready::ip_status}};
  auto& other = single.network().listen(kPeerAddress, 80);
  const bool transparent = GENERATE(false, true);
  if (transparent) single.ok("AT+QIMODE=1");
  single.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", transparent ? "CONNECT" : "CONNECT OK"});
  other.last().close();
  single.advance({});
  CHECK(single.take() == "\r\nCLOSED\r\n");
}

TEST_CASE("wire rule 11: more parameters than there are, quoted ports, literals under either QIDNSIP",
          "[wire][clients 1.11]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+QIMUX=1");
  bench.ok(GENERATE("AT+QIDNSIP=0", "AT+QIDNSIP=1"));
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80,0,0", {"OK", "0, CONNECT OK"});
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",\"80\"", {"OK", "1, CONNECT OK"});
  bench.exchange("AT+QSECWRITE=\"RAM:cacert0\",1,5,0", {"CONNECT"});
  bench.send_raw("A");
  CHECK(bench.take() == "\r\n+QSECWRITE: 1,4100\r\n\r\nOK\r\n");
  bench.ask("AT+QIDEACT");
  bench.ok("AT+QICSGP=1");
  bench.ok("AT+QIREGAPP=\"apn\",\"user\",\"pw\"");
  bench.ask("AT+QIDEACT");
  bench.ok("AT+QIREGAPP");
}

TEST_CASE("wire rule 12: software flow control stuffs both ways", "[wire][clients 1.12]") {
  ModemBench bench;
  bench.ok("AT+IFC=1,1");
  bench.ok("AT+QIREGAPP=\"w\x88w\x88w\x88.apn\"");
  CHECK(bench.context(0).access.apn == "www.apn");
  bench.send("AT+QIREGAPP?");
  bench.expect_raw("\r\n+QIREGAPP: w\x88w\x88w\x88.apn");
  bench.take();
  bench.send_raw("\x13");
  bench.send("AT");
  bench.expect_nothing();  // the 0xFF that the library drops after its XOFF is of its own making
  bench.send_raw("\x11");
  bench.expect("OK");
}

TEST_CASE("wire rule 13: what is typed ahead is kept and answered in order", "[wire][clients 1.13]") {
  ModemBench bench{{.configuration = workbench::configured({.timing = kLab})}};
  bench.advance(1s);
  bench.take();
  bench.send_raw("AT+QIURC=0\rAT\rAT+CSQ\rAT+CSQ\r");
  bench.advance(1s);
  CHECK(bench.take() == "\r\nOK\r\n\r\nOK\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
  // Also while a command takes its time.
  bench.send_raw("AT+QIREGAPP\rAT+QIACT\rAT+QILOCIP\rAT+CSQ\r");
  bench.advance(10s);
  CHECK(bench.take() == "\r\nOK\r\n\r\nOK\r\n\r\n10.1.83.188\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n");
}

TEST_CASE("wire rule 14: registration", "[wire][clients 1.14]") {
  ModemBench bench;
  CHECK(bench.ask("AT+CGREG?") == "\r\n+CGREG: 0,1\r\n\r\nOK\r\n");
  bench.ok("AT+CREG=2");
  CHECK(bench.ask("AT+CREG?") == "\r\n+CREG: 2,1,\"1878\",\"0873\"\r\n\r\nOK\r\n");
  bench.ask("AT+COPS=2");
  bench.send("AT+COPS=0");
  bench.advance(10s);
  CHECK(bench.take().find("\r\n+CREG: 1,\"1878\",\"0873\"\r\n") != std::string::npos);
}

TEST_CASE("wire rule 15: +++ with a second of silence on both sides, then QICLOSE", "[wire][clients 1.15]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+QIMODE=1");
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT"});
  bench.send_raw("data");
  bench.advance(1s);
  bench.send_raw("+++");
  bench.advance(1s);
  CHECK(bench.take() == "\r\nOK\r\n");
  CHECK(bench.ask("AT+QICLOSE") == "\r\nCLOSE OK\r\n");
  CHECK(as_text(listener.last().received()) == "data");
}

TEST_CASE("wire rule 18: a stray frame that closes the multiplexer is nothing in command state",
          "[wire][clients 1.18]") {
  ModemBench bench{{.echo = true}};
  bench.send_raw("\xF9\x03\xEF\x05\xC3\x01\xF2\xF9");
  bench.send_raw("AT\r");
  bench.advance({});
  CHECK(bench.take().ends_with("AT\r\r\nOK\r\n"));
}
