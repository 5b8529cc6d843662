// SPDX-License-Identifier: Apache-2.0
// AT+CIND, AT+CMER and +CIEV (27.007 8.9, 8.10); where the module is, and which cells it hears.
#include "emulator/device/locator.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("indicators are listed and shown", "[indicators][27.007 8.9]") {
  ModemBench bench;
  bench.exchange("AT+CIND=?", {"+CIND: (\"battchg\",(0-5)),(\"signal\",(0-5)),(\"service\",(0-1)),(\"call\",(0-1)),"
                               "(\"roam\",(0-1)),(\"smsfull\",(0-1)),(\"GPRS coverage\",(0-1)),(\"callsetup\",(0-3))",
                               "OK"});
  bench.exchange("AT+CIND?", {"+CIND: 4,5,1,0,0,0,1,0", "OK"});
  bench.exchange("AT+CIND=1", {"+CME ERROR: 3"});
  bench.exchange("AT+CMER=?", {"+CMER: (0-3),(0),(0),(0-2),(0,1)", "OK"});
  bench.exchange("AT+CMER?", {"+CMER: 0,0,0,0,0", "OK"});
  bench.ok("AT+CMER=3,0,0,1");  // ModemManager
  bench.exchange("AT+CMER?", {"+CMER: 3,0,0,1,0", "OK"});
  bench.exchange("AT+CMER=4", {"+CME ERROR: 3"});
}

TEST_CASE("changes of indicators are told to whoever asked", "[indicators][27.007 8.10]") {
  ModemBench bench;
  bench.me().registration().set_signal_strength(7);
  bench.advance({});
  bench.expect_nothing();
  bench.ok("AT+CMER=2,0,0,1");

  bench.me().registration().set_signal_strength(8);  // the same level
  bench.advance({});
  bench.expect_nothing();
  bench.me().registration().set_signal_strength(31);
  bench.advance({});
  CHECK(bench.take() == "\r\n+CIEV: 2,5\r\n");

  bench.exchange("ATD10086;", {"OK", "+CIEV: 8,2", "+CIEV: 8,3", "+CIEV: 4,1", "+CIEV: 8,0"});
  bench.exchange("ATH", {"OK", "+CIEV: 4,0"});
  bench.outside().ring("+491701");
  bench.advance({});
  CHECK(bench.take() == "\r\nRING\r\n\r\n+CIEV: 8,1\r\n");
  bench.exchange("ATH", {"OK", "+CIEV: 8,0"});

  bench.ok("AT+COLP=1");
  bench.send("ATD10086;");
  bench.advance({});
  CHECK(bench.take().ends_with("OK\r\n\r\n+CIEV: 8,2\r\n\r\n+CIEV: 8,3\r\n\r\n+CIEV: 4,1\r\n\r\n+CIEV: 8,0\r\n"));
  bench.exchange("ATH", {"OK", "+CIEV: 4,0"});

  bench.outside().serve(device::RegistrationStatus::roaming);
  bench.advance({});
  CHECK(bench.take() == "\r\n+CIEV: 5,1\r\n");
  bench.outside().serve(device::RegistrationStatus::denied);
  bench.advance({});
  CHECK(bench.take() == "\r\n+CIEV: 3,0\r\n\r\n+CIEV: 5,0\r\n\r\n+CIEV: 7,0\r\n");

  bench.ok("AT+CMER=0");
  bench.outside().serve(device::RegistrationStatus::home);
  bench.advance({});
  bench.expect_nothing();
}

TEST_CASE("a full message memory is an indicator", "[indicators][sms]") {
  ModemBench bench;
  bench.ask("AT+CPMS=\"ME\",\"ME\",\"ME\"");
  bench.ok("AT+CMER=3,0,0,1");
  for (int i = 0; i < 10; ++i) bench.outside().deliver_sms("1", "x");
  bench.advance(1s);
  CHECK(bench.take().ends_with("\r\n+CMTI: \"ME\",10\r\n\r\n+CIEV: 6,1\r\n"));
  bench.exchange("AT+CMGD=1", {"OK", "+CIEV: 6,0"});
}

TEST_CASE("QOPS lists networks and their cells", "[QOPS][FR 6]") {
  ModemBench bench;
  const std::string expected =
      "\r\n+QOPS: 1,\"CHINA MOBILE\",\"CMCC\",\"46000\"\r\n\r\n1,1878,0873,22,57,62\r\n\r\n2,1878,0874,2B,39,70\r\n"
      "\r\n3,1879,1A20,11,26,23\r\n\r\n+QOPS: 1,\"CHINA UNICOM\",\"UNICOM\",\"46001\"\r\n\r\n1,A5C2,51D0,1C,33,110\r\n"
      "\r\n2,A5C2,51D3,37,18,118\r\n\r\nOK\r\n";
  CHECK(bench.ask("AT+QOPS?") == expected);
  CHECK(bench.ask("AT+QOPS") == expected);
  // The first one is the serving cell of AT+QENG and AT+CREG.
  bench.ok("AT+QENG=1");
  CHECK(bench.ask("AT+QENG?").find("+QENG: 0,460,00,1878,0873,62,34,-53,") != std::string::npos);
  bench.outside().serve(device::RegistrationStatus::searching);
  bench.ok("AT+QOPS?");
  bench.ok("AT+CFUN=4");
  bench.exchange("AT+QOPS?", {"+CME ERROR: 3"});
}

TEST_CASE("the cell tells where the module is", "[QCELLLOC][QGSMLOC][FR 9][FR 18]") {
  ModemBench bench;
  bench.ok("AT+CCLK=\"18/03/08,14:18:00+12\"");
  bench.ok("AT+QIFGCNT=0");
  bench.ok("AT+QICSGP=1,\"CMNET\"");
  bench.exchange("AT+QCELLLOC=1", {"+QCELLLOC: 165.123456,25.654321", "OK"});  // brings the context up by itself
  bench.exchange("AT+QISTAT", {"OK", "STATE: IP GPRSACT"});
  bench.exchange("AT+QCELLLOC", {"+QCELLLOC: 165.123456,25.654321", "OK"});
  bench.me().locator().place = {-0.5, 51.25};
  bench.exchange("AT+QGSMLOC=1", {"+QGSMLOC: 0,-0.500000,51.250000,2018/03/08,11:18:00", "OK"});
  CHECK(bench.ask("AT+QGSMLOC").starts_with("\r\n+QGSMLOC: 0,-0.5"));
  bench.exchange("AT+QGSMLOC=8", {"+CME ERROR: 3"});
}

TEST_CASE("without a bearer nobody is asked where the module is", "[QCELLLOC]") {
  ModemBench bench{{.configuration = workbench::configured({.timing = kLab})}};
  bench.ask("AT+CGATT=0");
  bench.advance(1s);
  bench.take();
  bench.send("AT+QCELLLOC=1");
  bench.advance(1min);
  CHECK(bench.take() == "\r\n+CME ERROR: 30\r\n");
  bench.send("AT+QCELLLOC=1");  // halted: at once
  bench.advance(kLab.command.median);
  CHECK(bench.take() == "\r\n+CME ERROR: 30\r\n");

  ModemBench lost{{.configuration = workbench::configured({.timing = kLab}), .ready = Ready::ip_status}};
  lost.send("AT+QGSMLOC=1");
  lost.advance(kLab.command.median + 10ms);
  lost.outside().lose_context(0);
  lost.advance(1s);
  CHECK(lost.take().starts_with("\r\n+CME ERROR: 30\r\n"));
}
