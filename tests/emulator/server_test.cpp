// SPDX-License-Identifier: Apache-2.0
// Server mode (M66 11.3, 11.11, 11.18–11.20).
#include "emulator/device/outside.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

constexpr std::uint16_t kPort = 2020;

net::Endpoint caller(std::uint8_t number) { return {{{198, 51, 100, number}}, 40000}; }

std::shared_ptr<net::SimConnection> call_in(ModemBench& bench, std::uint8_t number) {
  auto connection = bench.network().call_in(kPort, caller(number));
  bench.advance({});
  return connection;
}

struct Serving {
  explicit Serving(std::initializer_list<const char*> settings, const char* serve = "AT+QISERVER") {
    for (const auto* line : settings) bench.ok(line);
    bench.ok("AT+QILPORT=\"TCP\",2020");
    bench.exchange(serve, {"OK", "SERVER OK"});
  }
  ModemBench bench{{.ready = Ready::ip_status}};
};

}  // namespace

TEST_CASE("several clients come in, talk and are closed", "[server]") {
  Serving serving{{"AT+QIMUX=1", "AT+QINDI=1", "AT+QISDE=0"}, "AT+QISERVER=0,2"};
  auto& bench = serving.bench;
  bench.exchange("AT+QISERVER?", {"+QISERVER: 0, 2", "OK"});
  const auto first = call_in(bench, 1);
  bench.expect("0, REMOTE IP: 198.51.100.1");
  const auto second = call_in(bench, 2);
  bench.expect("1, REMOTE IP: 198.51.100.2");
  // Two are enough.
  const auto third = call_in(bench, 3);
  bench.expect_nothing();
  CHECK_FALSE(third->open());

  second->send("hi");
  bench.advance({});
  bench.expect("+QIRDI: 0,2,1");
  bench.send("AT+QIRD=0,2,1,100");
  bench.expect_raw("\r\n+QIRD: 198.51.100.2:40000,TCP,2\r\nhi\r\nOK\r\n");

  bench.ok("AT+QISRVC=2");
  bench.send("AT+QISEND=1,5");
  bench.expect_prompt();
  bench.send_raw("there");
  bench.expect("SEND OK");
  CHECK(as_text(second->received()) == "there");
  bench.exchange("AT+QISACK=1", {"+QISACK: 5, 5, 0", "OK"});
  bench.send("AT+QISSTAT");
  bench.expect("OK");
  bench.expect_raw(
      "\r\nS: LISTENING\r\nC: 0,\"TCP\",\"198.51.100.1\",40000\r\nC: 1,\"TCP\",\"198.51.100.2\",40000\r\n"
      "C: 2,\"\",\"\",\"\"\r\nC: 3,\"\",\"\",\"\"\r\nC: 4,\"\",\"\",\"\"\r\n");

  bench.exchange("AT+QICLOSE=1", {"1, CLOSE OK"});
  bench.advance({});
  CHECK_FALSE(second->open());
  first->close();
  bench.advance({});
  bench.expect("0, CLOSED");
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  const auto late = call_in(bench, 4);
  CHECK_FALSE(late->open());
  bench.exchange("AT+QISSTAT", {"OK",
                                "S: INITIAL\r\nC: 0,\"\",\"\",\"\"\r\nC: 1,\"\",\"\",\"\"\r\nC: 2,\"\",\"\",\"\""
                                "\r\nC: 3,\"\",\"\",\"\"\r\nC: 4,\"\",\"\",\"\""});
}

TEST_CASE("client sockets and server sockets have the same numbers and are different", "[server]") {
  Serving serving{{"AT+QIMUX=1", "AT+QISDE=0"}};
  auto& bench = serving.bench;
  auto& listener = bench.network().listen("198.51.100.50", 80);
  const auto client = call_in(bench, 1);
  bench.expect("0, REMOTE IP: 198.51.100.1");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.50\",80", {"OK", "0, CONNECT OK"});
  bench.send("AT+QISEND=0,1");
  bench.expect_prompt();
  bench.send_raw("c");
  bench.expect("SEND OK");
  CHECK(as_text(listener.last().received()) == "c");
  CHECK(client->received().empty());
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  CHECK(client->open());
}

TEST_CASE("pushed data of a server's client", "[server]") {
  Serving serving({"AT+QIMUX=1"});
  auto& bench = serving.bench;
  const auto client = call_in(bench, 1);
  client->send("push");
  bench.advance({});
  bench.expect("0, REMOTE IP: 198.51.100.1");
  bench.expect_raw("\r\n+RECEIVE: 0, 4\r\npush");
}

TEST_CASE("a single session takes one client, and QICLOSE ends it before the server", "[server]") {
  Serving serving({"AT+QISRVC=2"});
  auto& bench = serving.bench;
  bench.exchange("AT+QISSTAT", {"OK", "S: LISTENING"});
  const auto client = call_in(bench, 1);
  bench.expect("REMOTE IP: 198.51.100.1");
  CHECK_FALSE(call_in(bench, 2)->open());
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.advance({});
  CHECK_FALSE(client->open());
  bench.exchange("AT+QISSTAT", {"OK", "S: LISTENING"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.exchange("AT+QISSTAT", {"OK", "S: INITIAL"});
  bench.exchange("AT+QICLOSE", {"ERROR"});
}

TEST_CASE("transparent server mode", "[server]") {
  Serving serving{{"AT+QIMODE=1", "AT+QITCFG=3,2,512,1"}};
  auto& bench = serving.bench;
  const auto client = call_in(bench, 1);
  bench.expect("CONNECT");
  client->send("in");
  bench.advance({});
  bench.expect_raw("in");
  bench.send_raw("out");
  bench.advance(200ms);
  CHECK(as_text(client->received()) == "out");
  client->close();
  bench.advance({});
  bench.expect("CLOSED");
}

TEST_CASE("a server brings its context up, and goes with it", "[server]") {
  ModemBench bench;
  bench.exchange("AT+QISERVER", {"ERROR"});  // no port yet
  bench.ok("AT+QILPORT=\"TCP\",2020");
  bench.ok("AT+QILPORT=\"UDP\",2021");
  bench.exchange("AT+QILPORT?", {"TCP: 2020\r\nUDP: 2021", "OK"});
  bench.send("AT+QISERVER");
  bench.advance(1s);
  bench.expect("OK");
  bench.expect("SERVER OK");
  bench.exchange("AT+QISERVER", {"ERROR"});
  bench.exchange("AT+QIMUX=1", {"ERROR"});
  const auto client = call_in(bench, 1);
  bench.expect("REMOTE IP: 198.51.100.1");
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+PDP DEACT");
  CHECK_FALSE(client->open());
  bench.exchange("AT+QISSTAT", {"OK", "S: INITIAL"});
}

TEST_CASE("a port that cannot be opened is CONNECT FAIL", "[server]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.ok("AT+QILPORT=\"TCP\",2020");
  bench.network().fail_operation(1);
  bench.exchange("AT+QISERVER", {"OK", "CONNECT FAIL"});
  bench.exchange("AT+QISERVER=1", {"ERROR"});  // no port of UDP
  bench.exchange("AT+QISERVER=2", {"ERROR"});
  bench.exchange("AT+QISERVER=0,2", {"ERROR"});  // a number of clients is for several sessions
}

TEST_CASE("a UDP server knows its clients by their datagrams", "[server][udp]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  for (const auto* line : {"AT+QIMUX=1", "AT+QINDI=1", "AT+QISDE=0", "AT+QISRVC=2", "AT+QILPORT=\"UDP\",2020"})
    bench.ok(line);
  bench.exchange("AT+QISERVER=1,2", {"OK", "SERVER OK"});
  bench.exchange("AT+QISERVER?", {"+QISERVER: 1, 2", "OK"});
  CHECK_FALSE(call_in(bench, 9)->open());  // TCP
  const auto first = bench.network().call_in(kPort, caller(1), net::Transport::udp);
  first->send("one");
  first->send("two");
  bench.advance({});
  bench.expect("0, REMOTE IP: 198.51.100.1");
  bench.expect("+QIRDI: 0,2,0");
  bench.send("AT+QIRD=0,2,0,100");
  bench.expect_raw("\r\n+QIRD: 198.51.100.1:40000,UDP,3\r\none\r\nOK\r\n");
  bench.send("AT+QIRD=0,2,0,100");
  bench.expect_raw("\r\n+QIRD: 198.51.100.1:40000,UDP,3\r\ntwo\r\nOK\r\n");
  bench.send("AT+QISEND=0,2");
  bench.expect_prompt();
  bench.send_raw("hi");
  bench.expect("SEND OK");
  CHECK(as_text(first->received()) == "hi");
  bench.send("AT+QISSTAT");
  bench.expect("OK");
  bench.expect_raw("\r\nS: LISTENING\r\nC: 0,\"UDP\",\"198.51.100.1\",40000\r\nC: 1,\"\",\"\",\"\"\r\n");
  bench.take();
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.advance({});
  CHECK_FALSE(first->open());
  bench.exchange("AT+QISERVER=0", {"ERROR"});  // no port of TCP
}
