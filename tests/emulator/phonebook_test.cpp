// SPDX-License-Identifier: Apache-2.0
// Phonebook (M66 9).
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("entries are written, read, found and deleted", "[phonebook][M66 9]") {
  ModemBench bench;
  bench.exchange("AT+CPBS?", {"+CPBS: \"SM\",0,250", "OK"});
  bench.ok("AT+CPBW=10,\"15021012496\",129,\"NAME\"");
  bench.ok("AT+CPBW=,\"+4917\",,\"Nina\"");
  bench.exchange("AT+CPBR=10", {"+CPBR: 10,\"15021012496\",129,\"NAME\"", "OK"});
  bench.exchange("AT+CPBR=1,250", {"+CPBR: 1,\"+4917\",145,\"Nina\"\r\n+CPBR: 10,\"15021012496\",129,\"NAME\"", "OK"});
  bench.exchange("AT+CPBF=\"Ni\"", {"+CPBF: 1,\"+4917\",145,\"Nina\"", "OK"});
  bench.exchange("AT+CPBF=\"X\"", {"+CME ERROR: 22"});
  bench.exchange("AT+CPBS?", {"+CPBS: \"SM\",2,250", "OK"});
  bench.ok("AT+CPBR=2");
  bench.replug();
  bench.exchange("AT+CPBR=10", {"+CPBR: 10,\"15021012496\",129,\"NAME\"", "OK"});
  bench.ok("AT+CPBW=10");
  bench.ok("AT+CPBW=10");
  bench.ok("AT+CPBR=10");
  bench.exchange("AT+CPBS?", {"+CPBS: \"SM\",1,250", "OK"});
}

TEST_CASE("names in other character sets", "[phonebook]") {
  ModemBench bench;
  bench.ok("AT+CSCS=\"UCS2\"");
  bench.ok("AT+CPBW=1,\"123\",129,\"00C44F60\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"123\",129,\"00C44F60\"", "OK"});
  bench.exchange("AT+CPBW=1,\"123\",129,\"00C\"", {"+CME ERROR: 25"});
  bench.ok("AT+CSCS=\"HEX\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"123\",129,\"5B3F\"", "OK"});
  bench.ok("AT+CSCS=\"8859-1\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"123\",129,\"\xC4?\"", "OK"});
  bench.ok("AT+CSCS=\"PCCP437\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"123\",129,\"\x8E?\"", "OK"});
  bench.ok("AT+CSCS=\"IRA\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"123\",129,\"??\"", "OK"});
}

TEST_CASE("limits of the phonebook", "[phonebook]") {
  ModemBench bench;
  bench.exchange("AT+CPBR=?", {"+CPBR: (1-250),40,18", "OK"});
  bench.exchange("AT+CPBW=?", {"+CPBW: (1-250),40,(129,145,161),18", "OK"});
  bench.exchange("AT+CPBF=?", {"+CPBF: 40,18", "OK"});
  bench.exchange("AT+CPBR=0", {"+CME ERROR: 21"});
  bench.exchange("AT+CPBR=1,251", {"+CME ERROR: 21"});
  bench.exchange("AT+CPBR=2,1", {"+CME ERROR: 21"});
  bench.exchange("AT+CPBW=251,\"1\",129,\"a\"", {"+CME ERROR: 21"});
  bench.exchange("AT+CPBW=1,\"" + std::string(41, '1') + "\",129,\"a\"", {"+CME ERROR: 26"});
  bench.exchange("AT+CPBW=1,\"1 2\",129,\"a\"", {"+CME ERROR: 27"});
  bench.exchange("AT+CPBW=1,\"1\",129,\"" + std::string(19, 'a') + "\"", {"+CME ERROR: 24"});
  bench.exchange("AT+CPBW=", {"+CME ERROR: 3"});
  bench.exchange("AT+CPBS=\"XX\"", {"+CME ERROR: 3"});
  bench.ok("AT+CPBS=\"ME\"");
  bench.exchange("AT+CPBS?", {"+CPBS: \"ME\",0,100", "OK"});
  for (int i = 0; i < 100; ++i) bench.ok("AT+CPBW=,\"1\",129,\"a\"");
  bench.exchange("AT+CPBW=,\"1\",129,\"a\"", {"+CME ERROR: 20"});
  bench.ok("AT+CPBS=\"ON\"");
  bench.exchange("AT+CPBW=1,\"1\",129,\"a\"", {"+CME ERROR: 3"});
}

TEST_CASE("dialled numbers are listed, the own number is told", "[phonebook]") {
  ModemBench bench;
  bench.ok("ATD10086;");
  bench.ok("ATH");
  bench.ok("AT+CPBS=\"LD\"");
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"10086\",129,\"\"", "OK"});
  bench.exchange("AT+CNUM", {"+CNUM: \"\",\"+447700900001\",145,7,4", "OK"});
  ModemBench without{{.configuration = workbench::configured({.own_number = ""})}};
  without.ok("AT+CNUM");
}

TEST_CASE("calls are listed: dialled, received, missed", "[phonebook][voice]") {
  ModemBench bench;
  const auto list = [&](std::string_view name) {
    bench.ok(fmt::format("AT+CPBS=\"{}\"", name));
    return bench.ask("AT+CPBR=1,10");
  };
  const auto quiet = [&] {
    bench.advance({});
    bench.take();
  };
  bench.ok("ATD+4930123;");
  bench.ok("ATH");
  CHECK(list("LD") == "\r\n+CPBR: 1,\"+4930123\",145,\"\"\r\n\r\nOK\r\n");
  CHECK(list("DC") == list("LD"));

  bench.outside().ring("+491701");  // nobody answers
  bench.outside().far_end_hangs_up();
  quiet();
  bench.outside().ring("");  // withheld
  bench.advance(90s);
  quiet();
  CHECK(list("MC") == "\r\n+CPBR: 1,\"\",128,\"\"\r\n+CPBR: 2,\"+491701\",145,\"\"\r\n\r\nOK\r\n");
  CHECK(list("RC") == "\r\nOK\r\n");

  bench.outside().ring("110");
  quiet();
  bench.ok("ATA");
  bench.ok("ATH");
  bench.outside().ring("112");
  quiet();
  bench.ok("ATH");  // refused
  CHECK(list("RC") == "\r\n+CPBR: 1,\"112\",129,\"\"\r\n+CPBR: 2,\"110\",129,\"\"\r\n\r\nOK\r\n");

  bench.ok("AT+CCWA=1,1,1");
  bench.ok("ATD10086;");
  bench.advance(1s);
  bench.outside().ring("113");  // waits, and gives up
  bench.advance(61s);
  bench.outside().ring("114");
  quiet();
  bench.ok("AT+CHLD=1");
  CHECK(list("MC").starts_with("\r\n+CPBR: 1,\"113\",129"));
  CHECK(list("RC").starts_with("\r\n+CPBR: 1,\"114\",129"));
}

TEST_CASE("no SIM, no phonebook", "[phonebook]") {
  ModemBench bench{{.configuration = workbench::configured({.sim = device::Sim::none()}), .ready = Ready::booted}};
  for (const auto line : {"AT+CPBS?", "AT+CPBR=1", "AT+CPBW=1", "AT+CNUM"}) bench.exchange(line, {"+CME ERROR: 10"});
}

TEST_CASE("a phonebook that cannot be written says so and stays as it was", "[phonebook]") {
  ModemBench bench;
  bench.ok("AT+CPBW=1,\"1\",129,\"a\"");
  bench.faulty_flash().fail_operation(1);
  bench.exchange("AT+CPBW=1,\"2\",129,\"b\"", {"+CME ERROR: 23"});
  bench.faulty_flash().fail_operation(1);
  bench.exchange("AT+CPBW=1", {"+CME ERROR: 23"});
  bench.exchange("AT+CPBR=1", {"+CPBR: 1,\"1\",129,\"a\"", "OK"});
}
