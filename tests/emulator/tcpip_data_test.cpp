// SPDX-License-Identifier: Apache-2.0
// Plain sockets: opening, sending, receiving in all ways, closing (M66 11; at-reference 2.3–2.6).
#include <string>

#include "emulator/device/mobile_equipment.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

const std::string kError = "\r\nERROR\r\n";

std::string some_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('!' + (i * 31 + (i >> 6) * 7) % 90);
  return text;
}

std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

/// In IP STATUS, with a TCP peer at 198.51.100.9:80.
struct Tcp : ModemBench {
  Tcp() : ModemBench{{.ready = Ready::ip_status}}, listener{network().listen("198.51.100.9", 80)} { ok("AT+QISDE=0"); }

  net::SimConnection& peer() { return listener.last(); }
  void peer_sends(std::string_view text) {
    peer().send(text);
    advance({});
  }

  net::SimListener& listener;
};

/// One session, connected.
struct Single : Tcp {
  Single() { exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"}); }
  void send_data(std::string_view data) {
    send(fmt::format("AT+QISEND={}", data.size()));
    expect_prompt();
    send_raw(data);
    expect("SEND OK");
    expect_nothing();
  }
};

/// Several sessions, the first connected, data fetched by QIRD.
struct Several : Tcp {
  Several() {
    ok("AT+QIMUX=1;+QINDI=1");
    open(0);
  }
  static std::string open_command(int index) { return fmt::format("AT+QIOPEN={},\"TCP\",\"198.51.100.9\",80", index); }
  void open(int index) { exchange(open_command(index), {"OK", fmt::format("{}, CONNECT OK", index)}); }
  void send_data(int index, std::string_view data) {
    send(fmt::format("AT+QISEND={},{}", index, data.size()));
    expect_prompt();
    send_raw(data);
    expect("SEND OK");
    expect_nothing();
  }
  std::string read(int index, std::size_t most = 1500) {
    const auto answer = ask(fmt::format("AT+QIRD=0,1,{},{}", index, most));
    if (answer == "\r\nOK\r\n") return {};
    const auto header_end = answer.find("\r\n", 2) + 2;
    const auto data_end = answer.find("\r\nOK\r\n", header_end);
    const auto data = answer.substr(header_end, data_end - header_end);
    CHECK(answer.starts_with(fmt::format("\r\n+QIRD: 198.51.100.9:80,TCP,{}\r\n", data.size())));
    urcs += answer.substr(data_end + 6);
    return data;
  }
  /// Of AT+QISTATE.
  std::string row(int index) {
    const auto answer = ask("AT+QISTATE");
    const auto begin = answer.find(fmt::format("+QISTATE: {},", index)) + 10;
    return answer.substr(begin, answer.find('\r', begin) - begin);
  }
  std::string urcs;  ///< what came right behind an answer of QIRD
};

}  // namespace

// ---- opening ----

TEST_CASE("QIOPEN: OK first, the result later", "[tcpip][M66 11.1]") {
  Tcp bench;
  bench.network().set_latency(100ms);
  CHECK(bench.ask("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80") == "\r\nOK\r\n");
  bench.advance(10s);
  CHECK(bench.take() == "\r\nCONNECT OK\r\n");
}

TEST_CASE("QIOPEN in the spellings of drivers", "[tcpip][clients 1.11]") {
  const bool several = GENERATE(false, true);
  Tcp bench;
  bench.network().add_name("peer.test", {*net::IpAddress::parse("198.51.100.9")});
  const auto* rest =
      GENERATE("\"TCP\",\"198.51.100.9\",80", "\"TCP\",\"198.51.100.9\",\"80\"", "\"TCP\",\"198.51.100.9\",80,0,0",
               "TCP,198.51.100.9,80", "\"tcp\",\"peer.test\",80", " \"TCP\" , \"198.51.100.9\" , 80 ");
  const auto* names = GENERATE("AT+QIDNSIP=0", "AT+QIDNSIP=1");
  bench.ok(names);
  if (several) bench.ok("AT+QIMUX=1");
  bench.exchange(fmt::format("AT+QIOPEN={}{}", several ? "0," : "", rest),
                 {"OK", several ? "0, CONNECT OK" : "CONNECT OK"});
}

TEST_CASE("QIOPEN parameters that are wrong", "[tcpip][M66 11.1]") {
  Tcp bench;
  for (const auto* parameters :
       {"", "\"TCP\"", "\"TCP\",\"h\"", "\"XYZ\",\"h\",80", "\"TCP\",\"\",80", "\"TCP\",\"h\",65536",
        "\"TCP\",\"h\",-1", "\"TCP\",\"h\",x", "0,\"TCP\",\"h\",80", "\"TCPP\",\"h\",80"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QIOPEN={}", parameters)) == kError);
  }
  bench.ok("AT+QIMUX=1");
  for (const auto* parameters : {"\"TCP\",\"h\",80", "6,\"TCP\",\"h\",80", "-1,\"TCP\",\"h\",80", "0,\"TCP\",\"h\""}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QIOPEN={}", parameters)) == kError);
  }
  CHECK(bench.ask("AT+QIOPEN") == kError);
}

TEST_CASE("connections that cannot be made", "[tcpip][M66 11.1]") {
  Tcp bench;
  bench.network().refuse("198.51.100.9", 81);
  for (const auto* target : {"\"198.51.100.9\",81", "\"203.0.113.1\",80", "\"no.such.test\",80"}) {
    bench.exchange(fmt::format("AT+QIOPEN=\"TCP\",{}", target), {"OK", "CONNECT FAIL"});
    bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
    CHECK(bench.ask("AT+QISEND=1") == kError);
  }
  bench.ok("AT+QIMUX=1");
  bench.exchange("AT+QIOPEN=4,\"TCP\",\"198.51.100.9\",81", {"OK", "4, CONNECT FAIL"});
  bench.exchange("AT+QIOPEN=4,\"TCP\",\"198.51.100.9\",80", {"OK", "4, CONNECT OK"});
  CHECK(bench.network().open_links() == 1);
}

TEST_CASE("a connection takes at most 75 seconds", "[tcpip][M66 11.1]") {
  Several bench;
  bench.network().ignore("198.51.100.9", 81);
  bench.exchange("AT+QIOPEN=5,\"TCP\",\"198.51.100.9\",81", {"OK"});
  bench.advance(74'999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("5, CONNECT FAIL");
}

TEST_CASE("UDP is connected at once, datagrams go both ways", "[tcpip][M66 11.1]") {
  Several bench;
  auto& listener = bench.network().listen("198.51.100.9", 53, net::Transport::udp);
  bench.exchange("AT+QIOPEN=1,\"UDP\",\"198.51.100.9\",53", {"OK", "1, CONNECT OK"});
  bench.send_data(1, "query");
  bench.send_data(1, "again");
  REQUIRE(listener.connections.size() == 1);
  CHECK(listener.last().pieces() == std::vector<Bytes>{to_bytes("query"), to_bytes("again")});
  listener.last().send("answer");
  bench.advance({});
  bench.expect("+QIRDI: 0,1,1");
  CHECK(bench.ask("AT+QIRD=0,1,1,1500") == "\r\n+QIRD: 198.51.100.9:53,UDP,6\r\nanswer\r\nOK\r\n");
}

// ---- sending ----

TEST_CASE("QISEND with a length: all bytes, 1 to 1460", "[tcpip][M66 11.2]") {
  Single bench;
  bench.send_data("x");
  bench.send_data(every_byte());
  bench.send_data("\x1a\x1b");
  bench.send_data(some_text(1460));
  CHECK((to_text(bench.peer().received()) == "x" + every_byte() + "\x1a\x1b" + some_text(1460)));
  for (const auto* length : {"0", "1461", "-1", "x", "", "1,5", "5,5"}) {
    CHECK(bench.ask(fmt::format("AT+QISEND={}", length)) == kError);
  }
}

TEST_CASE("QISEND without a length: Ctrl-Z sends, ESC cancels, 1460 bytes at most", "[tcpip][M66 11.2]") {
  Single bench;
  bench.send("AT+QISEND");
  bench.expect_prompt();
  bench.send_raw("hello\r\nworld\x1a");
  bench.expect("SEND OK");
  bench.send("AT+QISEND");
  bench.expect_prompt();
  bench.send_raw("never mind\x1b");
  bench.expect("OK");
  bench.send("AT+QISEND");
  bench.send_raw(some_text(2000) + "\x1a");
  CHECK((to_text(bench.peer().received()) == "hello\r\nworld" + some_text(1460)));
}

TEST_CASE("QISEND with several sessions", "[tcpip][M66 11.2]") {
  Several bench;
  bench.open(5);
  bench.send_data(5, "five");
  CHECK(to_text(bench.peer().received()) == "five");
  bench.send("AT+QISEND=0");
  bench.expect_prompt();
  bench.send_raw("zero\x1a");
  bench.expect("SEND OK");
  CHECK(to_text(bench.listener.connections[0]->received()) == "zero");
  for (const auto* parameters : {"", "1", "1,5", "6", "6,5", "0,0", "0,1461", "0,5,5"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QISEND={}", parameters)) == kError);
  }
  CHECK(bench.ask("AT+QISEND") == kError);
}

TEST_CASE("data is echoed with ATE1 and AT+QISDE=1 together", "[tcpip][M66 11.32][at-reference 2.4]") {
  const int echo = GENERATE(0, 1);
  const int data_echo = GENERATE(0, 1);
  const bool counted = GENERATE(false, true);
  INFO("ATE" << echo << " AT+QISDE=" << data_echo);
  Single bench;
  bench.ok(fmt::format("AT+QISDE={}", data_echo));
  bench.ask(fmt::format("ATE{}", echo));
  const std::string command = counted ? "AT+QISEND=5" : "AT+QISEND";
  bench.send(command);
  bench.send_raw(counted ? "hello" : "hello\x1a");
  CHECK(bench.take() ==
        fmt::format("{}\r\n> {}\r\nSEND OK\r\n", echo ? command + "\r" : "", echo && data_echo ? "hello" : ""));
}

TEST_CASE("AT+QISDE is 1 from the factory, so ATE1 alone echoes data", "[tcpip][M66 11.32]") {
  ModemBench bench{{.ready = Ready::ip_status, .echo = true}};
  bench.network().listen("198.51.100.9", 80);
  bench.ask("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80");
  bench.ask("AT+QISEND=5");
  bench.send_raw("hello");
  CHECK(bench.take() == "hello\r\nSEND OK\r\n");
}

TEST_CASE("AT+QIPROMPT decides about the sign and the word", "[tcpip][M66 11.17]") {
  const auto [mode, expected] = GENERATE(table<std::string, std::string>(
      {{"0", "\r\nSEND OK\r\n"}, {"1", "\r\n> \r\nSEND OK\r\n"}, {"2", ""}, {"3", "\r\n> \r\n0, SEND OK\r\n"}}));
  Single bench;
  bench.ok("AT+QIPROMPT=" + mode);
  bench.send("AT+QISEND=5");
  bench.send_raw("hello");
  CHECK(bench.take() == expected);
  CHECK(to_text(bench.peer().received()) == "hello");
}

TEST_CASE("QISACK counts what was sent and what has arrived", "[tcpip][M66 11.29]") {
  Single bench;
  bench.exchange("AT+QISACK", {"+QISACK: 0, 0, 0", "OK"});
  bench.send_data("hello");
  bench.exchange("AT+QISACK", {"+QISACK: 5, 5, 0", "OK"});
  bench.network().set_latency(1s);
  bench.send_data("world!");
  bench.exchange("AT+QISACK", {"+QISACK: 11, 5, 6", "OK"});
  bench.advance(2s);
  bench.exchange("AT+QISACK", {"+QISACK: 11, 11, 0", "OK"});
  CHECK(bench.ask("AT+QISACK=0") == kError);
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  CHECK(bench.ask("AT+QISACK") == kError);

  Several several;
  several.send_data(0, "hello");
  several.exchange("AT+QISACK=0", {"+QISACK: 5, 5, 0", "OK"});
  CHECK(several.ask("AT+QISACK") == kError);
  CHECK(several.ask("AT+QISACK=1") == kError);
  CHECK(several.ask("AT+QISACK=6") == kError);
}

TEST_CASE("a blocked connection: SEND FAIL, and everything accepted arrives", "[tcpip][M66 11.2]") {
  Tcp bench;
  bench.listener.window = 4000;
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  bench.peer().stop_reading();
  std::string accepted;
  std::string result;
  do {
    bench.send("AT+QISEND=1460");
    bench.expect_prompt();
    bench.send_raw(some_text(1460));
    result = bench.take();
    if (result == "\r\nSEND OK\r\n") accepted += some_text(1460);
    REQUIRE(accepted.size() < 100'000);
  } while (result == "\r\nSEND OK\r\n");
  CHECK(result == "\r\nSEND FAIL\r\n");
  CHECK(bench.ask("AT+QISACK").find(fmt::format("+QISACK: {}, 0, {}\r\n", accepted.size(), accepted.size())) == 2);
  bench.peer().resume_reading();
  bench.advance(1s);
  bench.send("AT+QISEND=5");
  bench.send_raw("again");
  CHECK(bench.take() == "\r\n> \r\nSEND OK\r\n");
  bench.advance(1s);
  CHECK((to_text(bench.peer().received()) == accepted + "again"));
}

TEST_CASE("five megabytes out", "[tcpip]") {
  Several bench;
  const auto block = some_text(1460);
  constexpr int kBlocks = 3'425;
  for (int i = 0; i < kBlocks; ++i) {
    bench.send_raw("AT+QISEND=0,1460\r" + block);
    REQUIRE(bench.take() == "\r\n> \r\nSEND OK\r\n");
  }
  const auto& received = bench.peer().received();
  REQUIRE(received.size() == kBlocks * block.size());
  bool same = true;
  for (std::size_t i = 0; i < received.size(); ++i)
    same = same && received[i] == static_cast<std::uint8_t>(block[i % 1460]);
  CHECK(same);
}

// ---- receiving with QIRD ----

TEST_CASE("QIRD gives at most what was asked for, then just OK", "[tcpip][M66 11.31]") {
  Several bench;
  bench.peer_sends(some_text(2000));
  bench.expect("+QIRDI: 0,1,0");
  CHECK(bench.read(0, 1) == some_text(2000).substr(0, 1));
  CHECK(bench.read(0, 1500) == some_text(2000).substr(1, 1500));
  CHECK(bench.read(0, 1500) == some_text(2000).substr(1501));
  CHECK(bench.ask("AT+QIRD=0,1,0,1500") == "\r\nOK\r\n");
  for (const auto* parameters :
       {"0,1,0,0", "0,1,0,1501", "2,1,0,1", "0,0,0,1", "0,3,0,1", "0,1,6,1", "0,1,0", "0,1,0,1,1", ""}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QIRD={}", parameters)) == kError);
  }
  CHECK(bench.ask("AT+QIRD=0,1,1,1500") == kError);
  CHECK(bench.ask("AT+QIRD=1,1,0,1500") == kError);
}

TEST_CASE("QIRDI is told once, until the buffer was read empty", "[tcpip][M66 11.30]") {
  Several bench;
  bench.peer_sends("one");
  bench.expect("+QIRDI: 0,1,0");
  bench.peer_sends("two");
  bench.expect_nothing();
  CHECK(bench.read(0, 4) == "onet");
  bench.peer_sends("three");
  bench.expect_nothing();
  CHECK(bench.read(0) == "wothree");
  bench.peer_sends("four");
  bench.expect("+QIRDI: 0,1,0");
}

TEST_CASE("with one session QIRD reads socket 0", "[tcpip][M66 11.31]") {
  Single bench;
  bench.ok("AT+QINDI=1");
  bench.peer_sends(every_byte());
  bench.expect("+QIRDI: 0,1,0");
  CHECK(bench.ask("AT+QIRD=0,1,0,1500") == "\r\n+QIRD: 198.51.100.9:80,TCP,256\r\n" + every_byte() + "\r\nOK\r\n");
  CHECK(bench.ask("AT+QIRD=0,1,1,1500") == kError);
}

TEST_CASE("unread data stays readable after the peer has closed", "[tcpip][at-reference 2.5]") {
  Several bench;
  bench.peer().send("last words");
  bench.peer().close();
  bench.advance({});
  CHECK(bench.take() == "\r\n+QIRDI: 0,1,0\r\n\r\n0, CLOSED\r\n");
  CHECK(bench.row(0) == "0, \"TCP\", \"198.51.100.9\", 80,\"REMOTE CLOSING\"");
  CHECK(bench.read(0, 4) == "last");
  CHECK(bench.ask("AT+QICLOSE=0") == kError);
  CHECK(bench.row(0) == "0, \"TCP\", \"198.51.100.9\", 80,\"REMOTE CLOSING\"");
  CHECK(bench.read(0, 1500) == " words");
  CHECK(bench.row(0) == "0, \"TCP\", \"198.51.100.9\", 80,\"CLOSED\"");
  CHECK(bench.ask("AT+QIRD=0,1,0,1500") == "\r\nOK\r\n");
  bench.open(0);
  CHECK(bench.ask("AT+QIRD=0,1,0,1500") == "\r\nOK\r\n");
}

TEST_CASE("a module without supply says nothing to its peers", "[tcpip][power]") {
  const bool closing = GENERATE(false, true);
  const bool watchdog = GENERATE(false, true);
  Several bench;
  std::optional<net::NetError> end;
  bench.peer().on_closed = [&](std::optional<net::NetError> error) { end = error; };
  bench.network().set_latency(1s);
  bench.send_data(0, "last words");
  if (closing) bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  watchdog ? bench.me().restart(device::PowerLoss::sudden) : bench.modem().cut_supply();
  bench.timeline().advance(1min);
  CHECK(end == net::NetError::reset);  // by the machine that the emulator runs on; in order it did not end
}

TEST_CASE("a closed socket is CLOSING until the peer has what was sent", "[tcpip][SSL 2.2.6]") {
  Several bench;
  bench.network().set_latency(1s);
  bench.send_data(0, "last words");
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  CHECK(bench.row(0) == "0, \"TCP\", \"198.51.100.9\", 80,\"CLOSING\"");
  for (const auto* command : {"AT+QISEND=0,5", "AT+QIRD=0,1,0,5", "AT+QICLOSE=0", "AT+QISACK=0"}) {
    INFO(command);
    CHECK(bench.ask(command) == kError);
  }
  bench.ok("AT+QIMUX=0;+QIMUX=1");  // no connection is open any more
  bench.advance(10s);
  CHECK(bench.row(0) == "0, \"\", \"\", 0,\"INITIAL\"");
  CHECK(as_text(bench.peer().received()) == "last words");
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("what a blocked peer had no room for goes out after QICLOSE as well", "[tcpip][SSL 2.2.6]") {
  Several bench;
  auto& listener = bench.network().listen("198.51.100.9", 80);
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  listener.window = 1000;
  bench.open(0);
  auto& peer = listener.last();
  peer.stop_reading();
  bench.send_data(0, some_text(1460));  // SEND OK, and 460 octets wait on this side
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  bench.advance(1s);
  peer.resume_reading();
  bench.advance(1s);
  CHECK(as_text(peer.received()) == some_text(1460));
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("a peer that takes nothing holds a socket in CLOSING for ten seconds", "[tcpip][SSL 2.2.6]") {
  Several bench;
  bench.peer().stop_reading();
  bench.send_data(0, "last words");
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  bench.advance(9s);
  CHECK(bench.row(0).ends_with("\"CLOSING\""));
  bench.advance(2s);
  CHECK(bench.row(0).ends_with("\"INITIAL\""));
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("five megabytes in: the window closes, nothing is lost", "[tcpip][at-reference 8]") {
  Several bench;
  const auto text = some_text(5'000'000);
  bench.peer().send(text);
  bench.peer().close();
  bench.advance(1s);
  bench.expect("+QIRDI: 0,1,0");
  CHECK(bench.peer().undelivered() > 4'900'000);
  std::string all;
  for (auto part = bench.read(0); !part.empty(); part = bench.read(0)) all += part;
  CHECK((all == text));
  CHECK(bench.urcs.find("\r\n0, CLOSED\r\n") != std::string::npos);
  CHECK(bench.urcs.find("CLOSED") == bench.urcs.rfind("CLOSED"));
}

// ---- received data pushed to the UART ----

TEST_CASE("QINDI=0 with one session: the bare bytes", "[tcpip][at-reference 2.5]") {
  Single bench;
  bench.peer_sends(every_byte());
  CHECK(bench.take() == every_byte());
}

TEST_CASE("QINDI=0 with several sessions: +RECEIVE", "[tcpip][at-reference 2.5]") {
  Several bench;
  bench.ok("AT+QINDI=0");
  bench.open(3);
  bench.peer_sends("pong");
  CHECK(bench.take() == "\r\n+RECEIVE: 3, 4\r\npong");
  bench.peer_sends(some_text(3000));
  CHECK(bench.take() == "\r\n+RECEIVE: 3, 1460\r\n" + some_text(3000).substr(0, 1460) + "\r\n+RECEIVE: 3, 1460\r\n" +
                            some_text(3000).substr(1460, 1460) + "\r\n+RECEIVE: 3, 80\r\n" +
                            some_text(3000).substr(2920));
}

TEST_CASE("the headers of pushed data", "[tcpip][M66 11.15, 11.21, 11.25, 11.27]") {
  const auto [settings, expected] = GENERATE(table<std::string, std::string>({
      {"+QIHEAD=1", "IPD5:world"},
      {"+QIHEAD=1;+QISHOWPT=1", "IPD5(TCP):world"},
      {"+QISHOWPT=1", "world"},
      {"+QISHOWRA=1", "RECV FROM: 198.51.100.9:80\r\nworld"},
      {"+QISHOWLA=1", "TO:10.1.83.188\r\nworld"},
      {"+QISHOWRA=1;+QISHOWLA=1;+QIHEAD=1", "RECV FROM: 198.51.100.9:80\r\nTO:10.1.83.188\r\nIPD5:world"},
  }));
  Single bench;
  bench.ok("AT" + settings);
  bench.peer_sends("world");
  CHECK(bench.take() == expected);
}

TEST_CASE("pushed data waits for commands and prompts", "[tcpip][M66 1.5]") {
  Single bench;
  bench.ok("AT+QIHEAD=1");
  bench.send("AT+QISEND=2");
  bench.expect_prompt();
  bench.peer_sends("one");
  bench.peer_sends("two");
  bench.expect_nothing();
  bench.send_raw("hi");
  CHECK(bench.take() == "\r\nSEND OK\r\nIPD6:onetwo");
  bench.send_raw("AT+Q");
  bench.peer_sends("three");
  bench.expect_nothing();
  bench.send_raw("IHEAD=0\r");
  CHECK(bench.take() == "\r\nOK\r\nthree");
}

TEST_CASE("pushed data and the close behind it", "[tcpip]") {
  Single bench;
  bench.peer().send("bye");
  bench.peer().close();
  bench.advance({});
  CHECK(bench.take() == "bye\r\nCLOSED\r\n");
}

TEST_CASE("data that arrived just before its socket was closed is not pushed any more", "[tcpip]") {
  Single bench;
  bench.send_raw("AT+QICLO");
  bench.peer_sends("too late");
  bench.send_raw("SE\r");
  CHECK(bench.take() == "\r\nCLOSE OK\r\n");
}

TEST_CASE("a megabyte pushed to a TE that reads slowly", "[tcpip]") {
  Single bench;
  const auto text = some_text(1'000'000);
  bench.peer().send(text);
  // The bench reads only when it is told to: drive the Timeline alone first.
  bench.timeline().advance(1s);
  CHECK(bench.channel().output_size() < 150'000);
  CHECK(bench.peer().undelivered() > 700'000);
  std::string all;
  while (all.size() < text.size()) {
    bench.advance(1ms);
    const auto part = bench.take();
    REQUIRE(!part.empty());
    all += part;
  }
  CHECK((all == text));
}

// ---- closing ----

TEST_CASE("QICLOSE by number of sessions", "[tcpip][M66 11.3]") {
  Single bench;
  CHECK(bench.ask("AT+QICLOSE=0") == kError);
  bench.send_data("last words");
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  CHECK(to_text(bench.peer().received()) == "last words");
  CHECK(bench.peer().ended_by_module());
  CHECK(bench.ask("AT+QICLOSE") == kError);
  CHECK(bench.ask("AT+QISEND=1") == kError);

  Several several;
  CHECK(several.ask("AT+QICLOSE") == kError);
  CHECK(several.ask("AT+QICLOSE=1") == kError);
  CHECK(several.ask("AT+QICLOSE=6") == kError);
  several.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  CHECK(several.ask("AT+QICLOSE=0") == kError);
}

TEST_CASE("QICLOSE while connecting", "[tcpip][M66 11.3]") {
  Tcp bench;
  bench.network().ignore("198.51.100.9", 81);
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",81", {"OK"});
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
  bench.advance(10min);
  bench.expect_nothing();
}

TEST_CASE("CLOSED by number of sessions, for FIN and reset", "[tcpip][at-reference 2.6]") {
  const bool in_order = GENERATE(true, false);
  Single bench;
  in_order ? bench.peer().close() : bench.peer().reset();
  bench.advance({});
  CHECK(bench.take() == "\r\nCLOSED\r\n");
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});

  Several several;
  in_order ? several.peer().close() : several.peer().reset();
  several.advance({});
  CHECK(several.take() == "\r\n0, CLOSED\r\n");
  several.open(0);
}

TEST_CASE("an index is used a thousand times and nothing is left behind", "[tcpip]") {
  Several bench;
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  bench.advance(120ms);  // RI of the last URC
  const auto pending_before = bench.timeline().idle();
  for (int i = 0; i < 1000; ++i) {
    bench.open(0);
    bench.send_data(0, "x");
    if (i % 2) {
      bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
    } else {
      bench.peer().close();
      bench.advance({});
      bench.expect("0, CLOSED");
    }
    REQUIRE(bench.network().open_links() == 0);
  }
  bench.advance(120ms);  // RI of the last URC
  CHECK(bench.timeline().idle() == pending_before);
  CHECK(bench.timeline().idle());
}

TEST_CASE("the six sockets do not disturb each other", "[tcpip]") {
  Several bench;
  for (int i = 1; i < 6; ++i) bench.open(i);
  for (int i = 0; i < 6; ++i) bench.listener.connections[static_cast<std::size_t>(i)]->send(std::to_string(i));
  bench.advance({});
  for (int i = 0; i < 6; ++i) bench.expect(fmt::format("+QIRDI: 0,1,{}", i));
  bench.listener.connections[2]->close();
  bench.advance({});
  bench.expect("2, CLOSED");
  for (int i = 5; i >= 0; --i) CHECK(bench.read(i) == std::to_string(i));
  bench.send_data(3, "three");
  CHECK(to_text(bench.listener.connections[3]->received()) == "three");
  CHECK(bench.ask("AT+QISEND=2,1") == kError);
}
