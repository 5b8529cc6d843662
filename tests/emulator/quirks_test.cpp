// SPDX-License-Identifier: Apache-2.0
// Quirks of the firmware (at-reference 7) that no other test looks at. docs/fidelity.md has all of them.
#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("a driver waits for an autobauding module", "[quirk Q2]") {
  // Nothing comes by itself, and noise has no answer. AT is sent until there is one.
  ModemBench bench{{.ready = Ready::powered_off, .echo = true}};
  bench.modem().power_key();
  bench.advance(1min);
  bench.expect_nothing();
  for (int i = 0; i < 5; ++i) CHECK(bench.ask("\xFF\x80 \x7F").find('\n') == std::string::npos);
  bench.advance(1min);
  bench.expect_nothing();
  bench.send_raw("\xFE\xF0");  // half of an AT at the wrong rate
  for (int i = 0; i < 50; ++i) {
    bench.advance(200ms);
    CHECK(bench.ask("ATE1").ends_with("ATE1\r\r\nOK\r\n"));
  }
}

TEST_CASE("opening a connected index fails and leaves the connection as it was", "[tcpip][quirk Q8]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  auto& listener = bench.network().listen("198.51.100.9", 80);
  bench.ok("AT+QIMUX=1");
  bench.ok("AT+QISDE=0");
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT OK"});
  bench.exchange("AT+QIOPEN=0,\"TCP\",\"198.51.100.9\",80", {"OK", "0, CONNECT FAIL"});
  // The driver does not look at that and sends.
  bench.send("AT+QISEND=0,5");
  bench.expect_prompt();
  bench.send_raw("hello");
  bench.expect("SEND OK");
  CHECK(as_text(listener.last().received()) == "hello");
  CHECK(listener.connections.size() == 1);
}

TEST_CASE("messages are not ready before Call Ready", "[sms][quirk Q20]") {
  ModemBench bench{{.configuration = workbench::configured({.timing = kLab})}};
  bench.advance(1s);
  bench.send("AT+CFUN=1,1");
  bench.advance(kLab.command.median + kLab.boot.median + 1ms);
  bench.take();
  const auto answer = [&](std::string_view line) {
    bench.send(line);
    bench.advance(kLab.command.median);
    return bench.take();
  };
  CHECK(answer("ATE0").ends_with("\r\nOK\r\n"));
  CHECK(answer("AT+CPMS?") == "\r\n+CMS ERROR: 3517\r\n");  // the SIM is busy as well
  bench.advance(kLab.sim_start.median);
  bench.take();
  CHECK(answer("AT+QINISTAT") == "\r\n+QINISTAT: 2\r\n\r\nOK\r\n");
  for (const auto* line : {"AT+CPMS?", "AT+CMGL=4", "AT+CMGR=1", "AT+CMGS=20"}) {
    CHECK(answer(line) == "\r\n+CMS ERROR: 3517\r\n");
  }
  CHECK(answer("AT+CPIN?") == "\r\n+CPIN: READY\r\n\r\nOK\r\n");
  bench.advance(kLab.call_ready.median);
  bench.take();
  CHECK(answer("AT+QINISTAT") == "\r\n+QINISTAT: 3\r\n\r\nOK\r\n");
  CHECK(answer("AT+CPMS?") == "\r\n+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50\r\n\r\nOK\r\n");
}

// OBSERVED: geolink/opentracker issues 14 and 28 (FR 2): +CPIN: READY comes some commands later.
TEST_CASE("the SIM is busy until +CPIN: READY", "[sim][quirk Q20][FR 2]") {
  constexpr Duration kBoot = 300ms, kSim = 1500ms, kCallReady = 3s;
  device::Timing timing;
  timing.boot = kBoot;
  timing.sim_start = kSim;
  timing.call_ready = kCallReady;
  ModemBench bench{{.configuration = workbench::configured({.timing = timing}), .ready = Ready::booted}};
  bench.advance(kCallReady);
  bench.ask("AT+IPR=115200&W");
  const auto answers_busy = [&] {
    for (const auto* line :
         {"AT+CPIN?", "AT+CPIN=1234", "AT+CIMI", "AT+QCCID", "AT+CCID", "AT+CLCK=\"SC\",2", "AT+QSPN?", "AT+QTRPIN",
          "AT+CRSM=176,12258", "AT+CNUM", "AT+CPBS?", "AT+CPOL?", "AT+COPS=0"}) {
      CAPTURE(line);
      bench.exchange(line, {"+CME ERROR: 14"});
    }
    bench.exchange("AT+CMGL=4", {"+CMS ERROR: 3517"});
    bench.exchange("AT+QINISTAT", {"+QINISTAT: 1", "OK"});
    bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});
  };

  SECTION("at a start") {
    bench.ok("AT+CFUN=1,1");
    bench.take();
    bench.advance(kBoot);
    CHECK(bench.take() == "\r\nRDY\r\n\r\n+CFUN: 1\r\n");
    bench.ask("ATE0");
    answers_busy();
    bench.ok("AT+CMEE=2");
    bench.exchange("AT+CPIN?", {"+CME ERROR: SIM busy"});
    bench.ok("AT+CMEE=1");
    bench.advance(kSim - 1ms);
    answers_busy();
    bench.advance(1ms);
    CHECK(bench.take() == "\r\n+CPIN: READY\r\n");
    bench.exchange("AT+CPIN?", {"+CPIN: READY", "OK"});
    bench.exchange("AT+QINISTAT", {"+QINISTAT: 2", "OK"});
    // Call Ready counts from power on, however long the SIM took.
    bench.advance(kCallReady - kBoot - kSim - 1ms);
    CHECK(bench.take() == "");
    bench.advance(1ms);
    CHECK(bench.take() == "\r\nCall Ready\r\n");
  }

  SECTION("after AT+CFUN=0") {
    bench.ask("ATE0");
    bench.exchange("AT+CFUN=0", {"+CPIN: NOT READY", "OK"});
    bench.exchange("AT+CPIN?", {"+CME ERROR: 13"});
    bench.ok("AT+CFUN=1");
    answers_busy();
    bench.exchange("AT+CFUN=0", {"+CPIN: NOT READY", "OK"});  // in the middle
    bench.advance(kSim);
    CHECK(bench.take() == "");
    bench.ok("AT+CFUN=4");
    bench.exchange("AT+CPIN?", {"+CME ERROR: 14"});
    bench.advance(kSim);
    CHECK(bench.take() == "\r\n+CPIN: READY\r\n");
    bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});
  }

  SECTION("an empty holder is known at once") {
    bench.ask("ATE0");
    bench.outside().change_sim(device::Sim::none());
    bench.advance({});
    CHECK(bench.take() == "\r\n+CPIN: NOT INSERTED\r\n");
    bench.outside().change_sim(device::Sim::with_pin("1234"));
    bench.exchange("AT+CPIN?", {"+CME ERROR: 14"});
    bench.advance(kSim);
    CHECK(bench.take() == "\r\n+CPIN: SIM PIN\r\n");
  }
}

TEST_CASE("all three forms of an error are there for the three kinds of driver", "[quirk Q28]") {
  ModemBench bench;
  for (const auto& [setting, answer] : {std::pair{"AT+CMEE=0", "ERROR"},
                                        {"AT+CMEE=1", "+CME ERROR: 4010"},
                                        {"AT+CMEE=2", "+CME ERROR: file not found"}}) {
    bench.ok(setting);
    bench.exchange("AT+QSECREAD=\"RAM:none\"", {answer});
  }
}

TEST_CASE("deactivating the context of AT+CGACT is NO CARRIER", "[packet][quirk Q29]") {
  ModemBench bench;
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.ok("AT+CGACT=1,1");
  bench.exchange("AT+CGACT=0,1", {"NO CARRIER"});
  bench.ok("AT+CGACT=0,1");
}

TEST_CASE("an activation that always fails is cured by a restart", "[tcpip][quirk Q39]") {
  // What the maker advises: deactivate, and when that does not help, start again.
  ModemBench bench;
  bench.ok("AT+COPS=2");
  for (int i = 0; i < 3; ++i) {
    bench.ok("AT+QIREGAPP");
    bench.exchange("AT+QIACT", {"ERROR"});
    bench.exchange("AT+QIDEACT", {"DEACT OK"});
    bench.advance(10min);
    bench.take();
  }
  bench.send("AT+CFUN=1,1");
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  bench.ok("AT+QIREGAPP");
  bench.ok("AT+QIACT");
}
