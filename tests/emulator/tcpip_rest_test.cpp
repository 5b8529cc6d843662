// SPDX-License-Identifier: Apache-2.0
// UDP, QINDI=2, QISCON, QIAUTOS, both contexts (M66 11).
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

ModemBench online() { return ModemBench{{.ready = Ready::ip_status}}; }

net::SimConnection& send_one(ModemBench& bench, net::SimListener& listener, std::string_view data) {
  bench.send(fmt::format("AT+QISEND=0,{}", data.size()));
  bench.expect_prompt();
  bench.send_raw(data);
  bench.expect("SEND OK");
  return listener.last();
}

}  // namespace

TEST_CASE("UDP connects at once, to anybody", "[tcpip]") {
  auto bench = online();
  bench.exchange("AT+QIOPEN=\"UDP\",\"203.0.113.5\",5000", {"OK", "CONNECT OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
}

TEST_CASE("a UDP socket keeps the bounds of datagrams", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 5000, net::Transport::udp);
  for (const auto* line : {"AT+QIMUX=1", "AT+QINDI=1", "AT+QISDE=0"}) bench.ok(line);
  bench.exchange("AT+QIOPEN=0,\"UDP\",\"198.51.100.9\",5000", {"OK", "0, CONNECT OK"});
  send_one(bench, listener, "ab");
  auto& peer = send_one(bench, listener, "cde");
  CHECK(peer.pieces() == std::vector{to_bytes("ab"), to_bytes("cde")});

  peer.send("first");
  peer.send("second");
  bench.advance({});
  bench.expect("+QIRDI: 0,1,0");
  bench.expect_nothing();
  bench.send("AT+QIRD=0,1,0,1500");
  bench.expect_raw("\r\n+QIRD: 198.51.100.9:5000,UDP,5\r\nfirst\r\nOK\r\n");
  bench.send("AT+QIRD=0,1,0,4");
  bench.expect_raw("\r\n+QIRD: 198.51.100.9:5000,UDP,4\r\nseco\r\nOK\r\n");
  bench.send("AT+QIRD=0,1,0,1500");
  bench.expect_raw("\r\n+QIRD: 198.51.100.9:5000,UDP,2\r\nnd\r\nOK\r\n");
  bench.ok("AT+QIRD=0,1,0,1500");
}

TEST_CASE("pushed datagrams are announced one by one", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 5000, net::Transport::udp);
  for (const auto* line : {"AT+QIMUX=1", "AT+QISDE=0"}) bench.ok(line);
  bench.exchange("AT+QIOPEN=0,\"UDP\",\"198.51.100.9\",5000", {"OK", "0, CONNECT OK"});
  auto& peer = send_one(bench, listener, "x");
  peer.send("one");
  peer.send("two!");
  bench.advance({});
  bench.expect_raw("\r\n+RECEIVE: 0, 3\r\none\r\n+RECEIVE: 0, 4\r\ntwo!");
}

TEST_CASE("the IPD header names UDP", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 5000, net::Transport::udp);
  for (const auto* line : {"AT+QIHEAD=1", "AT+QISHOWPT=1", "AT+QISHOWRA=1", "AT+QISHOWLA=1", "AT+QISDE=0"})
    bench.ok(line);
  bench.exchange("AT+QIOPEN=\"UDP\",\"198.51.100.9\",5000", {"OK", "CONNECT OK"});
  bench.send("AT+QISEND=1");
  bench.expect_prompt();
  bench.send_raw("x");
  bench.expect("SEND OK");
  listener.last().send("data");
  bench.advance({});
  bench.expect_raw("RECV FROM: 198.51.100.9:5000\r\nTO:10.1.83.188\r\nIPD4(UDP):data");
}

TEST_CASE("QINDI=2 tells of every packet", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 80);
  for (const auto* line : {"AT+QIMUX=1", "AT+QINDI=2"}) bench.ok(line);
  bench.exchange("AT+QINDI?", {"+QINDI: 2", "OK"});
  bench.exchange("AT+QIOPEN=3,\"TCP\",\"198.51.100.9\",80", {"OK", "3, CONNECT OK"});
  listener.last().send("hello");
  bench.advance({});
  bench.expect("+QIRDI: 0,1,3,1,5,5");
  listener.last().send(Bytes(2000, 'x'));
  bench.advance({});
  bench.expect("+QIRDI: 0,1,3,2,1460,1465");
  bench.expect("+QIRDI: 0,1,3,3,540,2005");
  // A stream has no bounds: one QIRD may take more than one packet.
  const auto answer = bench.ask("AT+QIRD=0,1,3,1500");
  CHECK(answer.starts_with("\r\n+QIRD: 198.51.100.9:80,TCP,1500\r\nhello"));
  listener.last().send("!");
  bench.advance({});
  bench.expect("+QIRDI: 0,1,3,2,1,506");
}

TEST_CASE("QISCON keeps its settings over power-off, and only those", "[tcpip]") {
  ModemBench bench;
  for (const auto* line : {"AT+QIDNSIP=1", "AT+QIPROMPT=3", "AT+QIHEAD=1", "AT+QISHOWRA=1", "AT+QITCFG=5,3,512,0",
                           "AT+QICSGP=1,\"net\",\"me\",\"pw\"", "AT+QISDE=0", "AT+QISCON"}) {
    bench.ok(line);
  }
  bench.replug();
  bench.send("AT+QISCON?");
  bench.expect_raw(
      "\r\nSHOW APPTCPIP CONTEXT\r\n+QIDNSIP:1\r\n+QIPROMPT:3\r\n+QIHEAD:1\r\n+QISHOWRA:1\r\n+QICSGP:1\r\n"
      "Gprs Config APN:net\r\nGprs Config UserId:me\r\nGprs Config Password:pw\r\n"
      "Gprs Config inactivityTimeout:0\r\nCSD Dial Number:\r\nCSD Config UserId:\r\nCSD Config Password:\r\n"
      "CSD Config rate:\r\nApp Tcpip Mode:0\r\nIn Transparent Transfer Mode\r\nNumber of Retry:5\r\nWait Time:3\r\n"
      "Send Size:512\r\nesc:0\r\n\r\nOK\r\n");
  bench.exchange("AT+QISDE?", {"+QISDE: 1", "OK"});
}

TEST_CASE("QISCON fails with the flash", "[tcpip]") {
  ModemBench bench;
  bench.faulty_flash().fail_operation(1);
  bench.exchange("AT+QISCON", {"ERROR"});
}

TEST_CASE("QIAUTOS sends what stands at the prompt", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+QISDE=0");
  bench.ok("AT+QIAUTOS=1,3");
  bench.exchange("AT+QIAUTOS?", {"+QIAUTOS: 1,3", "OK"});
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  bench.send("AT+QISEND");
  bench.expect_prompt();
  bench.send_raw("typed");
  bench.advance(2900ms);
  bench.expect_nothing();
  bench.advance(100ms);
  bench.expect("SEND OK");
  CHECK(as_text(listener.last().received()) == "typed");
}

TEST_CASE("both contexts live at the same time", "[tcpip]") {
  auto bench = online();
  auto& first = bench.network().listen("198.51.100.9", 80);
  auto& second = bench.network().listen("198.51.100.10", 80);
  for (const auto* line : {"AT+QIMUX=1", "AT+QINDI=1"}) bench.ok(line);
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  bench.ok("AT+QIFGCNT=1");
  bench.exchange("AT+QIFGCNT?", {"+QIFGCNT: 1,0", "OK"});
  bench.exchange("AT+QILOCIP", {"ERROR"});
  for (const auto* line : {"AT+QIREGAPP", "AT+QIACT"}) bench.ok(line);
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.10\",80", {"OK", "0, CONNECT OK"});
  first.last().send("a");
  second.last().send("b");
  bench.advance({});
  bench.expect("+QIRDI: 0,1,0");
  bench.expect("+QIRDI: 1,1,0");
  bench.send("AT+QIRD=0,1,0,10");
  bench.expect_raw("\r\n+QIRD: 198.51.100.9:80,TCP,1\r\na\r\nOK\r\n");
  bench.send("AT+QIRD=1,1,0,10");
  bench.expect_raw("\r\n+QIRD: 198.51.100.10:80,TCP,1\r\nb\r\nOK\r\n");
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+QIFGCNT=0");
  bench.exchange("AT+QISACK=0", {"+QISACK: 0, 0, 0", "OK"});
}

TEST_CASE("TCP/BufferRemain 0 loses what was not read before the close", "[tcpip]") {
  auto bench = online();
  auto& listener = bench.network().listen("198.51.100.9", 80);
  const int keep = GENERATE(0, 1);
  bench.ok(fmt::format("AT+QCFG=\"TCP/BufferRemain\",{}", keep));
  bench.exchange("AT+QCFG=\"tcp/bufferremain\"", {fmt::format("+QCFG: \"TCP/BufferRemain\",{}", keep), "OK"});
  bench.ok("AT+QINDI=1");
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  listener.last().send("left");
  listener.last().close();
  bench.advance({});
  bench.expect("+QIRDI: 0,1,0");
  bench.expect("CLOSED");
  CHECK(bench.ask("AT+QIRD=0,1,0,100") == (keep ? "\r\n+QIRD: 198.51.100.9:80,TCP,4\r\nleft\r\nOK\r\n" : "\r\nOK\r\n"));
}

TEST_CASE("QCFG is only on the M95 and knows one item", "[tcpip]") {
  ModemBench bench;
  bench.exchange("AT+QCFG=\"NW/PDPActAsync\",1", {"ERROR"});
  ModemBench other{{.configuration = workbench::configured({.model = device::Model::m66})}};
  other.exchange("AT+QCFG=\"TCP/BufferRemain\",1", {"ERROR"});
}
