// SPDX-License-Identifier: Apache-2.0
// Two terminals of one module, as the multiplexer will have them: what is each one's own, and what comes to both.
#include "emulator/terminal/terminals.hpp"

#include <string>

#include <fmt/core.h>

#include "emulator/device/outside.hpp"
#include "emulator/device/states.hpp"
#include "emulator/device/voice_calls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// The bench's own TE is at the serial line, this one at a second terminal.
struct Two : ModemBench {
  explicit Two(Ready ready = Ready::ip_status)
      : ModemBench{{.ready = ready}},
        second{&modem().terminals().add()},
        listener{network().listen("198.51.100.9", 80)} {
    send_second("ATE0\r");
    take_second();
  }

  void send_second(std::string_view bytes) {
    second->receive(as_bytes(bytes));
    advance({});
  }
  std::string take_second() {
    advance({});  // what waited for room is written
    return to_text(second->channel().take_output());
  }
  std::string ask_second(std::string_view line) {
    send_second(std::string{line} + "\r");
    return take_second();
  }
  /// The next output of both, and nothing more.
  void expect_of_both(const std::string& output) {
    CHECK(take() == output);
    CHECK(take_second() == output);
  }

  net::SimConnection& peer() { return listener.last(); }
  void peer_sends(std::string_view text) {
    peer().send(text);
    advance({});
  }

  emulator::Terminal* second;
  net::SimListener& listener;
};

const std::string kOk = "\r\nOK\r\n";
const std::string kOpen = "AT+QIOPEN=\"TCP\",\"198.51.100.9\",80";
std::string open_at(int index) { return fmt::format("AT+QIOPEN={},\"TCP\",\"198.51.100.9\",80", index); }

}  // namespace

TEST_CASE("each terminal has its own echo, verbosity, profile and foreground context", "[terminals]") {
  Two bench;
  CHECK(bench.ask_second("ATE1V0") == "0\r");
  CHECK(bench.ask_second("AT") == "AT\r0\r");
  bench.ok("AT");
  CHECK(bench.ask_second("ATE0V1+QIFGCNT=1") == "ATE0V1+QIFGCNT=1\r\r\nOK\r\n");
  CHECK(bench.ask_second("AT+QIFGCNT?") == "\r\n+QIFGCNT: 1,1\r\n" + kOk);
  bench.exchange("AT+QIFGCNT?", {"+QIFGCNT: 0,0", "OK"});
  CHECK(bench.ask_second("AT+QISTAT") == "\r\nOK\r\n\r\nSTATE: IP INITIAL\r\n");
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP STATUS"});
  bench.ok("ATS0=3&W");
  CHECK(bench.ask_second("ATS0?") == "\r\n000\r\n" + kOk);
  CHECK(bench.ask_second("ATZ") == kOk);
  CHECK(bench.ask_second("ATS0?") == "\r\n003\r\n" + kOk);
}

TEST_CASE("a half typed line at one terminal holds nothing up at the other", "[terminals]") {
  Two bench;
  bench.send_raw("AT+CG");
  bench.outside().lose_context(0);
  CHECK(bench.take_second() == "\r\n+PDP DEACT\r\n");
  bench.expect_nothing();
  bench.exchange("ATT?", {"+CGATT: 1", "OK", "+PDP DEACT"});
}

TEST_CASE("a report that is switched on at one terminal comes there only", "[terminals]") {
  Two bench;
  CHECK(bench.ask_second("AT+CREG=1;+CMER=1,0,0,1") == kOk);
  bench.outside().serve(device::RegistrationStatus::searching, device::Outage::brief);
  CHECK(bench.take_second() == "\r\n+CREG: 2\r\n\r\n+CIEV: 2,0\r\n\r\n+CIEV: 3,0\r\n\r\n+CIEV: 7,0\r\n");
  bench.expect_nothing();
  // A command at one changes an indicator, the other has asked for it.
  bench.outside().serve(device::RegistrationStatus::home);
  bench.advance(1min);
  bench.take_second();
  bench.send("ATD10086;");
  CHECK(bench.take().starts_with(kOk));
  CHECK(bench.take_second().starts_with("\r\n+CIEV: 8,2\r\n"));
}

TEST_CASE("a socket reports to the terminal that has opened it", "[terminals]") {
  Two bench;
  bench.ok("AT+QIMUX=1");
  CHECK(bench.ask_second(open_at(0)) == kOk + "\r\n0, CONNECT OK\r\n");
  bench.expect_nothing();
  bench.peer_sends("hello");
  CHECK(bench.take_second() == "\r\n+RECEIVE: 0, 5\r\nhello");
  bench.expect_nothing();

  SECTION("and so does another's to the other") {
    bench.exchange(open_at(1), {"OK", "1, CONNECT OK"});
    bench.peer_sends("two");
    CHECK(bench.take() == "\r\n+RECEIVE: 1, 3\r\ntwo");
    bench.peer().close();
    bench.advance({});
    bench.expect("1, CLOSED");
    CHECK(bench.take_second().empty());
  }
  SECTION("also when the other tries to open it") {
    bench.exchange(open_at(0), {"OK", "0, CONNECT FAIL"});
    CHECK(bench.take_second().empty());
    bench.peer().close();
    bench.advance({});
    CHECK(bench.take_second() == "\r\n0, CLOSED\r\n");
    bench.expect_nothing();
  }
  SECTION("and to the other, when that opens it anew") {
    bench.exchange("AT+QICLOSE=0", {"0, CLOSE OK"});
    bench.exchange(open_at(0), {"OK", "0, CONNECT OK"});
    bench.peer_sends("mine");
    CHECK(bench.take() == "\r\n+RECEIVE: 0, 4\r\nmine");
    CHECK(bench.take_second().empty());
  }
}

TEST_CASE("secure sockets, servers, name queries and pings are their terminal's", "[terminals]") {
  Two bench;
  bench.ok("AT+QIMUX=1");
  SECTION("a secure socket that cannot be opened") {
    bench.network().refuse("198.51.100.9", 443);
    CHECK(bench.ask_second("AT+QSSLOPEN=0,0,\"198.51.100.9\",443,0") == kOk + "\r\n+QSSLOPEN: 0,-1\r\n");
  }
  SECTION("a server and who comes in") {
    bench.ok("AT+QILPORT=\"TCP\",1000");
    CHECK(bench.ask_second("AT+QISERVER") == kOk + "\r\nSERVER OK\r\n");
    const auto client = bench.network().call_in(1000, {*net::IpAddress::parse("203.0.113.7"), 5000});
    bench.advance({});
    CHECK(bench.take_second().find("REMOTE IP: ") != std::string::npos);
    client->send("hi");
    bench.advance({});
    CHECK(bench.take_second().ends_with("+RECEIVE: 0, 2\r\nhi"));
  }
  SECTION("a name") {
    bench.network().add_name("a.test", {*net::IpAddress::parse("198.51.100.1")});
    CHECK(bench.ask_second("AT+QIDNSGIP=\"a.test\"") == kOk + "\r\n198.51.100.1\r\n");
  }
  SECTION("a ping, though the other tries one meanwhile") {
    CHECK(bench.ask_second("AT+QPING=\"203.0.113.1\",5,2") == kOk);
    bench.exchange("AT+QPING=\"203.0.113.1\"", {"OK", "+QPING: 3"});
    bench.advance(10s);
    CHECK(bench.take_second() == "\r\n+QPING: 1\r\n\r\n+QPING: 1\r\n\r\n+QPING: 2,2,0,2,0,0,0\r\n");
  }
  bench.expect_nothing();
}

TEST_CASE("a call rings everywhere, and ends where it was dialled or answered", "[terminals]") {
  Two bench{Ready::attached};
  SECTION("dialled") {
    CHECK(bench.ask_second("AT+QMOSTAT=1;D10086;") == kOk + "\r\nMO RING\r\n\r\nMO CONNECTED\r\n");
    bench.outside().far_end_hangs_up();
    CHECK(bench.take_second() == "\r\nNO CARRIER\r\n");
    bench.expect_nothing();
  }
  SECTION("answered") {
    bench.outside().ring("+447700900002");
    bench.advance({});
    bench.expect_of_both("\r\nRING\r\n");
    CHECK(bench.ask_second("ATA") == kOk);
    bench.outside().far_end_hangs_up();
    CHECK(bench.take_second() == "\r\nNO CARRIER\r\n");
    bench.expect_nothing();
  }
  SECTION("given up") {
    bench.outside().ring("+447700900002");
    bench.advance({});
    bench.outside().far_end_hangs_up();
    bench.advance({});
    bench.expect_of_both("\r\nRING\r\n\r\nNO CARRIER\r\n");
  }
}

TEST_CASE("transparent mode on one terminal leaves the other usable", "[terminals][transparent]") {
  Two bench;
  bench.ok("AT+QIMODE=1");
  CHECK(bench.ask_second(kOpen) == kOk + "\r\nCONNECT\r\n");
  bench.send_second("AT\r");
  bench.advance(1s);
  CHECK(to_text(bench.peer().received()) == "AT\r");
  bench.peer_sends("from the peer");
  CHECK(bench.take_second() == "from the peer");
  bench.exchange("AT+QISTAT", {"OK", "STATE: CONNECT OK"});
  CHECK_FALSE(bench.modem().line(emulator::Line::dcd));
  bench.exchange(kOpen, {"ALREADY CONNECT"});

  SECTION("the peer ends it") {
    bench.peer().close();
    bench.advance({});
    CHECK(bench.take_second() == "\r\nCLOSED\r\n");
    CHECK(bench.ask_second("AT") == kOk);
  }
  SECTION("the other closes its socket") {
    bench.exchange("AT+QICLOSE", {"CLOSE OK"});
    CHECK(bench.ask_second("AT") == kOk);
  }
  SECTION("the other deactivates its context") {
    bench.exchange("AT+QIDEACT", {"DEACT OK"});
    CHECK(bench.ask_second("ATO") == "\r\nNO CARRIER\r\n");
  }
  SECTION("the network takes its context away") {
    bench.outside().lose_context(0);
    bench.advance({});
    bench.expect_of_both("\r\n+PDP DEACT\r\n");
    CHECK(bench.ask_second("AT") == kOk);
  }
  SECTION("its own terminal is not the one of the serial line's DTR") {
    bench.ok("AT&D2");
    bench.modem().set_line(emulator::Line::dtr, false);
    bench.peer_sends("still here");
    CHECK(bench.take_second() == "still here");
  }
  bench.expect_nothing();
}

TEST_CASE("what the module tells everybody comes on every terminal", "[terminals]") {
  Two bench;
  bench.ok("AT+IPR=115200&W");
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect_of_both("\r\n+PDP DEACT\r\n");
  bench.modem().power_key();
  bench.advance({});
  bench.expect_of_both("\r\nNORMAL POWER DOWN\r\n");
  bench.modem().power_key();
  bench.advance(1min);
  bench.expect_of_both("\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n");
}

TEST_CASE("a terminal whose rate is not known hears nothing after a restart", "[terminals][M66 3.6]") {
  Two bench;
  bench.modem().power_key();
  bench.modem().power_key();
  bench.advance({});
  bench.take();
  bench.take_second();
  bench.advance(1min);
  bench.expect_nothing();
  CHECK(bench.ask_second("AT") == "AT\r" + kOk);
  bench.outside().deliver_sms("+447700900002", "hi");
  bench.advance(1s);
  CHECK(bench.take_second() == "\r\n+CMTI: \"SM\",1\r\n");
  bench.expect_nothing();
}

TEST_CASE("a terminal that is taken away leaves its sockets to the first", "[terminals]") {
  Two bench;
  SECTION("transparent mode ends") {
    bench.ok("AT+QIMODE=1");
    CHECK(bench.ask_second(kOpen) == kOk + "\r\nCONNECT\r\n");
    bench.modem().terminals().remove(*bench.second);
    bench.advance({});
    CHECK_FALSE(bench.peer().open());
    bench.exchange("AT+QISTAT", {"OK", "STATE: IP CLOSE"});
  }
  SECTION("other connections stay") {
    bench.ok("AT+QIMUX=1");
    bench.ask_second(open_at(0));
    bench.modem().terminals().remove(*bench.second);
    bench.peer_sends("hello");
    CHECK(bench.take() == "\r\n+RECEIVE: 0, 5\r\nhello");
    bench.peer().close();
    bench.advance({});
    bench.expect("0, CLOSED");
  }
  SECTION("what it was waiting for comes to nobody") {
    bench.send_second("AT+COLP=1;D10086;\r");
    bench.send_second("AT+QCELLLOC\r");
    bench.modem().terminals().remove(*bench.second);
    bench.advance(1min);
  }
  SECTION("half way through a message") {
    CHECK(bench.ask_second("AT+CMGF=1;+CMGS=\"10086\"") == "\r\n> ");
    bench.modem().terminals().remove(*bench.second);
  }
  bench.expect_nothing();
  bench.ok("AT");
  // The next one has its number, and none of its settings.
  bench.second = &bench.modem().terminals().add();
  CHECK(bench.ask_second("AT+QIFGCNT?") == "AT+QIFGCNT?\r\r\n+QIFGCNT: 0,1\r\n" + kOk);
}
