// SPDX-License-Identifier: Apache-2.0
// AT+QSSLSEND, AT+QSSLRECV, the "recv" URC and AT+QSSLSTATE (SSL 2.2.4 – 2.2.6, 2.2.10.1).
#include <optional>
#include <string>
#include <vector>

#include "emulator/device/outside.hpp"
#include "emulator/device/timing.hpp"
#include "tests/emulator/ssl_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

const std::string kError = "\r\nERROR\r\n";
const std::string kRecv1 = "\r\n+QSSLURC: \"recv\",0,1\r\n";

std::string every_byte() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

struct Opened : SslBench {
  explicit Opened(tls::ServerConfig server = tls_server()) : SslBench{std::move(server)} { open(1); }
  std::string state_of(int ssid) {
    const auto rows = ask("AT+QSSLSTATE");
    const auto row = rows.find(fmt::format("+QSSLSTATE: {},", ssid));
    const auto end = rows.find("\",", rows.find(",443,\"", row));
    const auto begin = rows.rfind('"', end - 1) + 1;
    return rows.substr(begin, end - begin);
  }
};

}  // namespace

// ---- QSSLSEND with a length ----

TEST_CASE("a length of 1 to 1460 bytes", "[SSL 2.2.4]") {
  const std::size_t size = GENERATE(1, 2, 255, 1459, 1460);
  Opened bench;
  bench.send_data(1, some_text(size));
  CHECK(bench.peer.received() == some_text(size));
}

TEST_CASE("lengths outside the range are errors without a prompt", "[SSL 2.2.4]") {
  Opened bench;
  for (const auto* parameters :
       {"1,0", "1,1461", "1,-1", "1,x", "1,1500", "1,99999999999", "6", "-1", "x", "", "1,5,0", ",5"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QSSLSEND={}", parameters)) == kError);
  }
}

TEST_CASE("all byte values go through, Ctrl-Z and ESC too", "[SSL 2.2.4]") {
  Opened bench;
  bench.send_data(1, every_byte());
  bench.send_data(1, "\x1a");
  bench.send_data(1, "\x1b");
  bench.send_data(1, "+++");
  CHECK(bench.peer.received() == every_byte() + "\x1a\x1b+++");
}

TEST_CASE("one send is one record, in the order of the sends", "[SSL 2.2.4]") {
  Opened bench;
  std::string pieces;
  bench.peer.on_plaintext = [&](std::string_view piece) { pieces += std::string{piece} + "|"; };
  for (const auto* text : {"first", "second", "third"}) bench.send_data(1, text);
  CHECK(pieces == "first|second|third|");
}

TEST_CASE("data is not echoed, whatever AT+QISDE and ATE say", "[SSL 2.2.4][at-reference 3.4]") {
  Opened bench;
  bench.ok("AT+QISDE=1");
  bench.ask("ATE1");
  CHECK(bench.ask("AT+QSSLSEND=1,5") == "AT+QSSLSEND=1,5\r\r\n> ");
  bench.send_raw("hello");
  CHECK(bench.take() == "\r\nSEND OK\r\n");
}

TEST_CASE("data may come before the prompt and in one burst with the command", "[SSL 2.2.4][clients 1.2]") {
  Opened bench;
  bench.send_raw("AT+QSSLSEND=1,5\r\nhelloAT+QSSLSEND=1,5\rworldAT\r\n");
  CHECK(bench.take() == "\r\n> \r\nSEND OK\r\n\r\n> \r\nSEND OK\r\n\r\nOK\r\n");
  CHECK(bench.peer.received() == "helloworld");
}

TEST_CASE("the LF that follows the command is no data, a Ctrl-Z after the data is nothing",
          "[SSL 2.2.4][clients 1.2]") {
  Opened bench;
  bench.send_raw("AT\r\n");
  bench.expect("OK");
  bench.send("AT+QSSLSEND=1,5");
  bench.send_raw("\n");
  bench.send_raw("hello");
  bench.send_raw("\x1a");
  CHECK(bench.take() == "\r\n> \r\nSEND OK\r\n");
  bench.ok("AT");
  CHECK(bench.peer.received() == "hello");
}

// ---- QSSLSEND until Ctrl-Z ----

TEST_CASE("without a length Ctrl-Z sends", "[SSL 2.2.4]") {
  Opened bench;
  bench.send("AT+QSSLSEND=1");
  bench.expect_prompt();
  bench.send_raw("some bytes\r\nof data");
  bench.expect_nothing();
  bench.send_raw("\x1a");
  bench.expect("SEND OK");
  CHECK(bench.peer.received() == "some bytes\r\nof data");
}

TEST_CASE("without a length ESC cancels", "[SSL 2.2.4]") {
  Opened bench;
  bench.send("AT+QSSLSEND=1");
  bench.expect_prompt();
  bench.send_raw("never mind\x1b");
  bench.expect("OK");
  bench.expect_nothing();
  CHECK(bench.peer.received() == "");
  bench.send_data(1, "hello");
  CHECK(bench.peer.received() == "hello");
}

TEST_CASE("without a length at most 1460 bytes are sent", "[SSL 2.2.4][at-reference 2.4]") {
  const std::size_t size = GENERATE(1459, 1460, 1461, 5000);
  Opened bench;
  bench.send("AT+QSSLSEND=1");
  bench.expect_prompt();
  auto text = some_text(size);
  bench.send_raw(text + "\x1a");
  bench.expect("SEND OK");
  CHECK(bench.peer.received() == text.substr(0, 1460));
}

TEST_CASE("nothing to send", "[SSL 2.2.4]") {
  Opened bench;
  bench.send("AT+QSSLSEND=1");
  bench.expect_prompt();
  bench.send_raw("\x1a");
  bench.expect("SEND OK");
  bench.send_data(1, "hello");
  CHECK(bench.peer.received() == "hello");
}

// ---- errors of QSSLSEND ----

TEST_CASE("QSSLSEND without an SSL connection is an error at once", "[SSL 2.2.4]") {
  SslBench bench;
  CHECK(bench.ask("AT+QSSLSEND=1,5") == kError);
  CHECK(bench.ask("AT+QSSLSEND=1") == kError);
  bench.network().set_latency(1s);
  bench.exchange(bench.open_command(1), {"OK"});
  CHECK(bench.ask("AT+QSSLSEND=1,5") == kError);  // not connected yet
  bench.network().listen(kPeerAddress, 80);
  bench.send("AT+QIOPEN=2,\"TCP\",\"198.51.100.9\",80");
  bench.advance(10s);
  bench.take();
  CHECK(bench.ask("AT+QSSLSEND=2,5") == kError);
  CHECK(bench.ask("AT+QISEND=1,5") == kError);
}

TEST_CASE("a connection that ends while the prompt is open", "[SSL 2.2.4]") {
  Opened bench;
  bench.send("AT+QSSLSEND=1,5");
  bench.expect_prompt();
  bench.peer.close();
  bench.advance({});
  bench.expect_nothing();
  bench.send_raw("hello");
  CHECK(bench.take() == kError + "\r\n+QSSLURC: \"closed\",1\r\n");
}

TEST_CASE("an open prompt waits as long as it must", "[SSL 2.2.4]") {
  Opened bench;
  bench.send("AT+QSSLSEND=1,5");
  bench.expect_prompt();
  bench.advance(std::chrono::hours{24});
  bench.send_raw("hello");
  bench.expect("SEND OK");
}

TEST_CASE("a blocked connection: SEND FAIL, nothing lost, and later it works", "[SSL 2.2.4]") {
  SslBench bench;
  bench.peer.listener().window = 8192;
  bench.open(1);
  bench.peer.wire().stop_reading();
  std::string accepted;
  std::string result = "\r\nSEND OK\r\n";
  while (result == "\r\nSEND OK\r\n") {
    const auto text = some_text(1460 - accepted.size() % 7);
    bench.send(fmt::format("AT+QSSLSEND=1,{}", text.size()));
    bench.expect_prompt();
    bench.send_raw(text);
    result = bench.take();
    if (result == "\r\nSEND OK\r\n") accepted += text;
    REQUIRE(accepted.size() < 100'000);
  }
  CHECK(result == "\r\nSEND FAIL\r\n");
  CHECK(accepted.size() > 20'000);
  // It stays so, also for a single byte and for the other form, and the connection stays.
  bench.send("AT+QSSLSEND=1");
  bench.send_raw("x\x1a");
  CHECK(bench.take() == "\r\n> \r\nSEND FAIL\r\n");
  CHECK(bench.ask("AT+QSSLSTATE").find("1,\"TCP\",\"198.51.100.9\",443,\"CONNECTED\",1") != std::string::npos);
  bench.peer_sends("meanwhile");
  bench.expect("+QSSLURC: \"recv\",0,1");
  CHECK(bench.receive(1) == "meanwhile");
  bench.peer.wire().resume_reading();
  bench.advance(1s);
  bench.send_data(1, "again");
  CHECK((bench.peer.received() == accepted + "again"));
}

TEST_CASE("CLOSING until the peer has what was sent, INITIAL then", "[SSL 2.2.6]") {
  Opened bench;
  bench.network().set_latency(1s);
  bench.send_data(1, "last words");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  CHECK(bench.state_of(1) == "CLOSING");
  CHECK(bench.ask("AT+QSSLSEND=1,5") == kError);
  CHECK(bench.ask("AT+QSSLRECV=0,1,5") == kError);
  CHECK(bench.ask("AT+QSSLCLOSE=1") == kError);
  bench.advance(10s);
  bench.expect_nothing();
  CHECK(bench.ask("AT+QSSLSTATE").find("+QSSLSTATE: 1,\"\",\"\",0,\"INITIAL\",0\r\n") != std::string::npos);
  CHECK(bench.peer.received() == "last words");
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("an index that is CLOSING can be used again", "[SSL 2.2.6]") {
  Opened bench;
  bench.network().set_latency(100ms);
  bench.send_data(1, "last words");
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.send(bench.open_command(1));
  bench.expect("OK");
  bench.advance(10s);
  bench.expect("+QSSLOPEN: 1,0");
  CHECK(bench.state_of(1) == "CONNECTED");
  CHECK(bench.network().open_links() == 1);
}

TEST_CASE("a blocked connection that is closed", "[SSL 2.2.4]") {
  SslBench bench;
  bench.peer.listener().window = 8192;
  bench.open(1);
  bench.peer.wire().stop_reading();
  for (int i = 0; i < 20; ++i) {
    bench.send("AT+QSSLSEND=1,1460");
    bench.send_raw(some_text(1460));
  }
  bench.take();
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  bench.advance(10min);
  bench.expect_nothing();
  CHECK(bench.network().open_links() == 0);
}

TEST_CASE("a megabyte out, none of it lost", "[SSL 2.2.4]") {
  Opened bench;
  const auto text = some_text(1'000'000);
  for (std::size_t at = 0; at < text.size(); at += 1460) bench.send_data(1, std::string_view{text}.substr(at, 1460));
  CHECK((bench.peer.received() == text));
}

// ---- QSSLRECV ----

TEST_CASE("QSSLRECV gives at most what was asked for", "[SSL 2.2.5]") {
  Opened bench;
  bench.peer_sends(some_text(3001));
  CHECK(bench.take() == kRecv1);
  CHECK(bench.receive(1, 1) == some_text(3001).substr(0, 1));
  CHECK(bench.receive(1, 1500) == some_text(3001).substr(1, 1500));
  CHECK(bench.receive(1, 1499) == some_text(3001).substr(1501, 1499));
  CHECK(bench.receive(1, 1500) == some_text(3001).substr(3000));
  CHECK(bench.receive(1, 1500) == "");
}

TEST_CASE("all byte values come through, followed by one line end and OK", "[SSL 2.2.5]") {
  Opened bench;
  bench.peer_sends(every_byte());
  bench.take();
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") ==
        "\r\n+QSSLRECV: 198.51.100.9:443,TCP,256\r\n" + every_byte() + "\r\nOK\r\n");
}

TEST_CASE("an empty buffer gives just OK, also before anything was ever received", "[SSL 2.2.5]") {
  Opened bench;
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == "\r\nOK\r\n");
  bench.peer_sends("x");
  bench.take();
  bench.receive(1);
  CHECK(bench.ask("AT+QSSLRECV=0,1,1") == "\r\nOK\r\n");
}

TEST_CASE("the address is the numeric one also when a name was opened", "[SSL 2.2.5]") {
  SslBench bench;
  bench.network().add_name("peer.test", {*net::IpAddress::parse(kPeerAddress)});
  bench.exchange("AT+QSSLOPEN=1,0,\"peer.test\",443,0", {"OK", "+QSSLOPEN: 1,0"});
  bench.peer_sends("hi");
  bench.take();
  CHECK(bench.receive(1) == "hi");
}

TEST_CASE("QSSLRECV parameters outside their ranges", "[SSL 2.2.5]") {
  Opened bench;
  for (const auto* parameters : {"", "0", "0,1", "2,1,1", "-1,1,1", "0,6,1", "0,-1,1", "0,1,0", "0,1,1501", "0,1,-1",
                                 "0,1,x", "0,1,1,0", "x,1,1", "0,,1", ",1,1"}) {
    INFO(parameters);
    CHECK(bench.ask(fmt::format("AT+QSSLRECV={}", parameters)) == kError);
  }
}

TEST_CASE("QSSLRECV of what is no SSL connection", "[SSL 2.2.5]") {
  SslBench bench;
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == kError);
  CHECK(bench.ask("AT+QSSLRECV=1,1,1500") == kError);
  bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80", {"OK", "1, CONNECT OK"});
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == kError);
  bench.network().set_latency(1s);
  bench.exchange(bench.open_command(2), {"OK"});
  CHECK(bench.ask("AT+QSSLRECV=0,2,1500") == kError);  // not connected yet
}

TEST_CASE("QIRD does not read what belongs to QSSLRECV", "[SSL 2.2.5]") {
  Opened bench;
  bench.peer_sends("secret");
  bench.take();
  CHECK(bench.ask("AT+QIRD=0,1,1,1500") == kError);
  CHECK(bench.ask("AT+QISACK=1") == kError);
  CHECK(bench.receive(1) == "secret");
}

// ---- the "recv" URC ----

TEST_CASE("one URC when the empty buffer gets data, none until it was read empty", "[SSL 2.2.10.1]") {
  Opened bench;
  bench.peer_sends("one");
  CHECK(bench.take() == kRecv1);
  bench.peer_sends("two");
  bench.advance(10min);
  bench.peer_sends("three");
  bench.expect_nothing();
  CHECK(bench.receive(1, 4) == "onet");
  bench.peer_sends("four");
  bench.expect_nothing();  // not empty in between
  CHECK(bench.receive(1, 1500) == "wothreefour");
  bench.peer_sends("five");
  CHECK(bench.take() == kRecv1);
  CHECK(bench.receive(1, 4) == "five");
  // Read to the last byte: empty, though no OK without data was given yet.
  bench.peer_sends("six");
  CHECK(bench.take() == kRecv1);
}

TEST_CASE("each connection has its URC", "[SSL 2.2.10.1]") {
  SslBench bench;
  bench.open(0);
  bench.peer_sends("to 0");
  CHECK(bench.take() == "\r\n+QSSLURC: \"recv\",0,0\r\n");
  bench.open(5);
  bench.peer_sends("to 5");
  CHECK(bench.take() == "\r\n+QSSLURC: \"recv\",0,5\r\n");
  CHECK(bench.receive(5) == "to 5");
  CHECK(bench.receive(0) == "to 0");
}

TEST_CASE("the URC waits for the command, the prompt and the half typed line", "[SSL 2.2.10.1][M66 1.5]") {
  Opened bench;
  bench.send_raw("AT+QSSL");
  bench.peer_sends("data");
  bench.expect_nothing();
  bench.send_raw("STATE\r");
  const auto answer = bench.take();
  CHECK(answer.find("\r\n+QSSLSTATE: IP PROCESSING\r\n") == 0);
  CHECK(answer.ends_with("\r\nOK\r\n" + kRecv1));
  bench.receive(1);

  bench.send("AT+QSSLSEND=1,5");
  bench.expect_prompt();
  bench.peer_sends("data");
  bench.expect_nothing();
  bench.send_raw("hello");
  CHECK(bench.take() == "\r\nSEND OK\r\n" + kRecv1);
}

TEST_CASE("AT+QINDI has nothing to do with SSL", "[SSL 2.2.10.1]") {
  const auto* mode = GENERATE("AT+QINDI=0", "AT+QINDI=1");
  Opened bench;
  bench.ok(mode);
  bench.peer_sends("data");
  CHECK(bench.take() == kRecv1);
}

TEST_CASE("data can be polled without waiting for the URC", "[SSL 2.2.5][at-reference 3.5]") {
  Opened bench;
  for (int i = 0; i < 3; ++i) {
    CHECK(bench.receive(1, 256) == "");
    bench.peer.send("poll");
    bench.timeline().run_due();
    CHECK(bench.ask("AT+QSSLRECV=0,1,256").find("+QSSLRECV: 198.51.100.9:443,TCP,4\r\npoll\r\nOK\r\n") !=
          std::string::npos);
  }
}

TEST_CASE("unread data stays readable after the peer has closed, until the index is used again", "[SSL 2.2.10.2]") {
  Opened bench;
  bench.peer.send(some_text(2000));
  bench.peer.close();
  bench.advance({});
  CHECK(bench.take() == kRecv1 + "\r\n+QSSLURC: \"closed\",1\r\n");
  CHECK(bench.state_of(1) == "REMOTE CLOSING");
  CHECK(bench.receive(1, 500) == some_text(2000).substr(0, 500));
  bench.exchange("AT+QSSLCLOSE=1", {"ERROR"});
  CHECK(bench.state_of(1) == "REMOTE CLOSING");
  CHECK(bench.receive_all(1) == some_text(2000).substr(500));
  CHECK(bench.state_of(1) == "CLOSED");
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == "\r\nOK\r\n");
  bench.open(1);
  CHECK(bench.ask("AT+QSSLRECV=0,1,1500") == "\r\nOK\r\n");
}

TEST_CASE("a full receive buffer closes the window, and nothing is lost", "[SSL 2.2.10.1]") {
  Opened bench;
  const auto text = some_text(1'000'000);
  bench.peer.send(text);
  bench.advance(1s);
  CHECK(bench.take() == kRecv1);
  // What the module holds is bounded; the rest waits at the peer.
  CHECK(bench.peer.wire().undelivered() > 900'000);
  std::string all;
  for (auto part = bench.ask("AT+QSSLRECV=0,1,1500"); part != "\r\nOK\r\n"; part = bench.ask("AT+QSSLRECV=0,1,1500")) {
    const auto header_end = part.find("\r\n", 2) + 2;
    all += part.substr(header_end, part.rfind("\r\nOK\r\n") - header_end);
  }
  CHECK((all == text));
}

TEST_CASE("a peer that sends much and closes: everything can be read", "[SSL 2.2.10.2]") {
  const bool in_order = GENERATE(true, false);
  Opened bench;
  const auto text = some_text(200'000);
  bench.peer.send(text);
  in_order ? bench.peer.close() : bench.peer.hang_up();
  bench.advance(1s);
  CHECK(bench.take() == kRecv1);  // not closed yet: the end is behind what waits
  std::string all;
  std::string urcs;
  for (int i = 0; i < 1000 && all.size() < text.size(); ++i) {
    const auto part = bench.ask("AT+QSSLRECV=0,1,1500");
    const auto header_end = part.find("\r\n", 2) + 2;
    const auto data_end = part.find("\r\nOK\r\n", header_end);
    all += part.substr(header_end, data_end - header_end);
    urcs += part.substr(data_end + 6);
  }
  CHECK((all == text));
  CHECK(urcs.find("\r\n+QSSLURC: \"closed\",1\r\n") != std::string::npos);
  CHECK(urcs.find("closed") == urcs.rfind("closed"));
}

TEST_CASE("data in both directions at once", "[SSL 2.2.4][SSL 2.2.5]") {
  Opened bench;
  bench.peer.on_plaintext = [&](std::string_view piece) { bench.peer.send(piece); };
  std::string sent, received;
  for (int i = 1; i <= 300; ++i) {
    const auto text = some_text(static_cast<std::size_t>(i) * 4);
    bench.send(fmt::format("AT+QSSLSEND=1,{}", text.size()));
    bench.send_raw(text);
    sent += text;
    CHECK(bench.take().starts_with("\r\n> \r\nSEND OK\r\n"));
    if (i % 3 == 0) received += bench.receive_all(1, 1500);
  }
  received += bench.receive_all(1);
  CHECK((received == sent));
}

// ---- QSSLSTATE ----

TEST_CASE("QSSLSTATE shows the stack's state and six rows", "[SSL 2.2.6]") {
  const auto [ready, state] = GENERATE(table<Ready, std::string>({{Ready::attached, "IP INITIAL"},
                                                                  {Ready::ip_start, "IP START"},
                                                                  {Ready::ip_gprsact, "IP GPRSACT"},
                                                                  {Ready::ip_status, "IP STATUS"}}));
  ModemBench bench{{.ready = ready}};
  std::string rows;
  for (int i = 0; i < 6; ++i) rows += fmt::format("+QSSLSTATE: {},\"\",\"\",0,\"INITIAL\",0\r\n", i);
  CHECK(bench.ask("AT+QSSLSTATE") == "\r\n+QSSLSTATE: " + state + "\r\n\r\n" + rows + "\r\nOK\r\n");
}

TEST_CASE("QSSLSTATE while the context is being activated", "[SSL 2.2.6]") {
  ModemBench bench;
  bench.board().set_timing({.activate = 5s});
  bench.ok("AT+QIMUX=1");
  bench.send("AT+QIOPEN=1,\"TCP\",\"198.51.100.9\",80");
  bench.expect("OK");
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: IP IND\r\n") == 0);
}

TEST_CASE("QSSLSTATE shows TCP, UDP and SSL side by side", "[SSL 2.2.6]") {
  SslBench bench;
  bench.network().listen(kPeerAddress, 80);
  bench.network().listen(kPeerAddress, 53, net::Transport::udp);
  bench.network().ignore(kPeerAddress, 444);
  bench.network().add_silent_name("silent.test");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  bench.open(1);
  bench.exchange("AT+QIOPEN=2,\"UDP\",\"198.51.100.9\",53", {"OK", "2, CONNECT OK"});
  bench.exchange(bench.open_command(3, 0, 444), {"OK"});
  bench.exchange("AT+QSSLOPEN=5,0,\"silent.test\",445,0", {"OK"});
  CHECK(bench.ask("AT+QSSLSTATE") ==
        "\r\n+QSSLSTATE: IP PROCESSING\r\n\r\n"
        "+QSSLSTATE: 0,\"TCP\",\"198.51.100.9\",80,\"CONNECTED\",0\r\n"
        "+QSSLSTATE: 1,\"TCP\",\"198.51.100.9\",443,\"CONNECTED\",1\r\n"
        "+QSSLSTATE: 2,\"UDP\",\"198.51.100.9\",53,\"CONNECTED\",0\r\n"
        "+QSSLSTATE: 3,\"TCP\",\"198.51.100.9\",444,\"CONNECTING\",1\r\n"
        "+QSSLSTATE: 4,\"\",\"\",0,\"INITIAL\",0\r\n"
        "+QSSLSTATE: 5,\"TCP\",\"silent.test\",445,\"CONNECTING\",1\r\n"
        "\r\nOK\r\n");
  bench.peer.close();
  bench.advance({});
  bench.expect("+QSSLURC: \"closed\",1");
  CHECK(bench.ask("AT+QSSLSTATE").find("+QSSLSTATE: 1,\"TCP\",\"198.51.100.9\",443,\"CLOSED\",1\r\n") !=
        std::string::npos);
  bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
  CHECK(bench.ask("AT+QSSLSTATE").find("+QSSLSTATE: 0,\"\",\"\",0,\"INITIAL\",0\r\n") != std::string::npos);
}

TEST_CASE("IP PROCESSING stays when all sockets are closed", "[SSL 2.2.6][at-reference 2.2]") {
  Opened bench;
  bench.exchange("AT+QSSLCLOSE=1", {"1, CLOSE OK"});
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: IP PROCESSING\r\n") == 0);
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: IP INITIAL\r\n") == 0);
}

TEST_CASE("without a bearer nothing goes to the peers, neither close_notify nor FIN", "[SSL 2.2.10.2]") {
  Opened bench;
  auto& plain = bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  const auto heard = bench.peer.wire().received().size();
  std::vector<std::optional<net::NetError>> ends;
  for (auto* wire : {&bench.peer.wire(), &plain.last()}) {
    wire->on_closed = [&](std::optional<net::NetError> error) { ends.push_back(error); };
  }
  bench.outside().lose_context(0);
  bench.advance({});
  CHECK(bench.peer.wire().received().size() == heard);
  // What the machine that the emulator runs on has to do in the end is no word of the module's.
  CHECK(ends == std::vector<std::optional<net::NetError>>{net::NetError::reset, net::NetError::reset});
}

TEST_CASE("QSSLSTATE in PDP DEACT", "[SSL 2.2.6]") {
  Opened bench;
  bench.outside().lose_context(0);
  bench.advance({});
  bench.take();
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: PDP DEACT\r\n") == 0);
}

TEST_CASE("the states of a single TCP session have no place in QSSLSTATE", "[SSL 2.2.6]") {
  SslBench bench;
  bench.ok("AT+QIMUX=0");
  bench.network().listen(kPeerAddress, 80);
  bench.exchange("AT+QIOPEN=\"TCP\",\"198.51.100.9\",80", {"OK", "CONNECT OK"});
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: IP PROCESSING\r\n") == 0);
  bench.exchange("AT+QICLOSE", {"CLOSE OK"});
  CHECK(bench.ask("AT+QSSLSTATE").find("\r\n+QSSLSTATE: IP PROCESSING\r\n") == 0);
}

TEST_CASE("answers with ATV0", "[SSL 2.2]") {
  Opened bench;
  CHECK(bench.ask("ATV0") == "0\r");
  CHECK(bench.ask("AT+QSSLCFG=\"seclevel\",0") == "+QSSLCFG: \"seclevel\",0\r\n0\r");
  bench.send("AT+QSSLSEND=1,5");
  bench.send_raw("hello");
  CHECK(bench.take() == "\r\n> SEND OK\r\n");
  bench.peer_sends("hi");
  CHECK(bench.take() == "+QSSLURC: \"recv\",0,1\r\n");
  CHECK(bench.ask("AT+QSSLRECV=0,1,10") == "+QSSLRECV: 198.51.100.9:443,TCP,2\r\nhi\r\n0\r");
  CHECK(bench.ask("AT+QSSLCLOSE=1") == "1, CLOSE OK\r\n");
  CHECK(bench.ask("AT+QSSLCLOSE=1") == "4\r");
}
