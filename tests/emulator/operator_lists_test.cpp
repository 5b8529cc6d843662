// SPDX-License-Identifier: Apache-2.0
// AT+CPOL, AT+COPN, and settings that are stored and said back.
#include "emulator/device/operators.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/sim.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("preferred operators are written, shown, deleted, and kept", "[operator][CPOL]") {
  ModemBench bench;
  bench.exchange("AT+CPOL=?", {"+CPOL: (1-8),(0-2)", "OK"});
  bench.ok("AT+CPOL?");
  bench.ok("AT+CPOL=,2,\"46001\"");
  bench.ok("AT+CPOL=5,0,\"CHINA MOBILE\"");
  bench.ok("AT+CPOL=,1,\"TMO\"");
  CHECK(bench.ask("AT+CPOL?") ==
        "\r\n+CPOL: 1,2,\"46001\"\r\n+CPOL: 2,2,\"310260\"\r\n+CPOL: 5,2,\"46000\"\r\n\r\nOK\r\n");
  bench.ok("AT+CPOL=,0");
  bench.ok("AT+CPOL=2");
  CHECK(bench.ask("AT+CPOL?") == "\r\n+CPOL: 1,0,\"CHINA UNICOM\"\r\n+CPOL: 5,0,\"CHINA MOBILE\"\r\n\r\nOK\r\n");
  bench.replug();
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  CHECK(bench.ask("AT+CPOL?") == "\r\n+CPOL: 1,2,\"46001\"\r\n+CPOL: 5,2,\"46000\"\r\n\r\nOK\r\n");
}

TEST_CASE("preferred operators that cannot be", "[operator][CPOL]") {
  ModemBench bench;
  for (const auto* command : {"AT+CPOL=9,2,\"46001\"", "AT+CPOL=1,2,\"4600\"", "AT+CPOL=1,2,\"4600x\"",
                              "AT+CPOL=1,0,\"NOBODY\"", "AT+CPOL=1,3", "AT+CPOL=0"}) {
    INFO(command);
    bench.exchange(command, {"+CME ERROR: 3742"});
  }
  for (int i = 0; i < 8; ++i) bench.ok("AT+CPOL=,2,\"46001\"");
  bench.exchange("AT+CPOL=,2,\"46001\"", {"+CME ERROR: 20"});
  bench.outside().change_sim(device::Sim::none());
  bench.advance({});
  bench.take();
  bench.exchange("AT+CPOL?", {"+CME ERROR: 10"});
}

TEST_CASE("the names of operators", "[operator][COPN]") {
  ModemBench bench;
  const auto answer = bench.ask("AT+COPN");
  CHECK(answer.starts_with("\r\n+COPN: \"20404\",\"vodafone NL\"\r\n"));
  CHECK(answer.find("\r\n+COPN: \"46000\",\"CHINA MOBILE\"\r\n") != std::string::npos);
  CHECK(answer.ends_with("\"\r\n\r\nOK\r\n"));
  bench.ok("AT+COPN=?");
  std::string_view before;
  for (const auto& each : device::known_operators()) {
    CHECK(before < each.number);
    CHECK(each.name.size() <= 16);
    CHECK(each.short_name.size() <= 8);
    before = each.number;
  }
}

TEST_CASE("AT+QEXTUNSOL is on, off, and asked for", "[settings][M66 16.3]") {
  ModemBench bench;
  for (const auto* kind : {"SQ", "FN", "MW", "UR", "BC", "BM", "SM", "CC", "CN"}) {
    bench.exchange(fmt::format("AT+QEXTUNSOL=\"{}\",2", kind), {fmt::format("+QEXTUNSOL: \"{}\",0", kind), "OK"});
    bench.ok(fmt::format("AT+QEXTUNSOL=\"{}\",1", kind));
    bench.exchange(fmt::format("AT+QEXTUNSOL=\"{}\",2", kind), {fmt::format("+QEXTUNSOL: \"{}\",1", kind), "OK"});
  }
  bench.ok("AT+QEXTUNSOL=\"SQ\",0");
  bench.exchange("AT+QEXTUNSOL=\"CC\",2", {"+QEXTUNSOL: \"CC\",1", "OK"});
  bench.ok("AT&FE0");
  bench.exchange("AT+QEXTUNSOL=\"CC\",2", {"+QEXTUNSOL: \"CC\",0", "OK"});
  bench.exchange("AT+QEXTUNSOL=\"XX\",1", {"+CME ERROR: 3"});
  bench.exchange("AT+QEXTUNSOL=\"SQ\",3", {"+CME ERROR: 3"});
}

TEST_CASE("the switch of the SIM's holder", "[settings][QSIMSTAT]") {
  ModemBench bench;
  bench.exchange("AT+QSIMSTAT?", {"+QSIMSTAT: 0,1", "OK"});
  bench.exchange("AT+QSIMDET?", {"+QSIMDET: 0,0", "OK"});
  bench.ok("AT+QSIMDET=1,1");
  bench.exchange("AT+QSIMDET?", {"+QSIMDET: 1,1", "OK"});
  bench.ok("AT+QSIMSTAT=1");
  bench.outside().change_sim(device::Sim::none());
  bench.advance({});
  CHECK(bench.take().find("\r\n+QSIMSTAT: 1,0\r\n") != std::string::npos);
  bench.exchange("AT+QSIMSTAT?", {"+QSIMSTAT: 1,0", "OK"});
  bench.outside().change_sim(device::Sim::without_pin());
  bench.advance({});
  CHECK(bench.take().find("\r\n+QSIMSTAT: 1,1\r\n") != std::string::npos);
  CHECK(bench.ask("AT&V").find("\r\n+QSIMSTAT: 1\r\n") != std::string::npos);
}

TEST_CASE("what nobody hears is stored and said back", "[settings]") {
  ModemBench bench;
  bench.ok("ATL3M1");
  bench.ok("ATL0M0T");
  bench.ok("ATP");
  bench.exchange("ATL4", {"ERROR"});
  bench.exchange("ATM3", {"ERROR"});
  bench.ok("AT+QSIDET=100");
  bench.exchange("AT+QSIDET?", {"+QSIDET: 100", "OK"});
  bench.ok("AT+QECHO=221,0");
  bench.exchange("AT+QECHO?", {"+QECHO: 221,0,16388,57351,0", "OK"});
  bench.ok("AT+QTONEDET=1");
  bench.exchange("AT+QTONEDET?", {"+QTONEDET: 1", "OK"});
  bench.ok("AT+CCWE=1");
  bench.exchange("AT+CCWE?", {"+CCWE: 1", "OK"});
  bench.exchange("AT+QLOCKF=?", {"+QLOCKF: (0-2),(0,1),(0-1023)", "OK"});
  bench.ok("AT+QLOCKF=1,0,60,61,62");
  bench.exchange("AT+QLOCKF?", {"+QLOCKF: 1", "OK"});
  bench.exchange("AT+QLOCKF=1,0,1024", {"+CME ERROR: 3774"});
  bench.exchange("AT+QBAND=?", {"+QBAND: (\"EGSM_MODE\",\"PCS_MODE\",\"DCS_MODE\",\"GSM850_MODE\",\"EGSM_DCS_MODE\","
                                "\"GSM850_PCS_MODE\",\"GSM850_EGSM_DCS_PCS_MODE\",\"ALL_BAND\")",
                                "OK"});
}

TEST_CASE("test forms of identification say OK, those of other basic commands do not exist", "[v250][M66 2.1]") {
  ModemBench bench;
  for (const auto* command :
       {"ATI=?", "AT+GMI=?", "AT+GMM=?", "AT+GMR=?", "AT+GOI=?", "AT+CGMI=?", "AT+CGMM=?", "AT+CGMR=?", "AT+GSN=?",
        "AT+CGSN=?", "AT+QGSN=?", "AT+CIMI=?", "AT+QCCID=?", "AT+CCID=?", "AT+QGMR=?", "AT+GCAP=?"}) {
    INFO(command);
    bench.ok(command);
  }
  bench.exchange("ATE=?", {"ERROR"});
  bench.exchange("AT&V=?", {"ERROR"});
  bench.exchange("ATE=1", {"ERROR"});
}

TEST_CASE("AT+COPS with mode 0 takes no operator", "[COPS][esp_modem]") {
  ModemBench bench;
  bench.ok("AT+COPS=0,0,\"\"");
  bench.ok("AT+COPS=0,0,\"whatever\"");
  bench.exchange("AT+COPS?", {"+COPS: 0,0,\"CHINA MOBILE\"", "OK"});
  bench.exchange("AT+COPS=1,0,\"\"", {"+CME ERROR: 3"});
}

TEST_CASE("names of operators are in the character set of the TE, numbers are digits", "[COPS][27.007 5.5]") {
  ModemBench bench;
  bench.ok("AT+CSCS=\"UCS2\"");
  const std::string mobile = "004300480049004E00410020004D004F00420049004C0045";
  bench.exchange("AT+COPS?", {"+COPS: 0,0,\"" + mobile + "\"", "OK"});
  bench.ok("AT+COPS=1,0,\"" + mobile + "\"");
  bench.exchange("AT+COPS=1,0,\"CHINA MOBILE\"", {"+CME ERROR: 30"});
  bench.ok("AT+COPS=1,2,\"46000\"");
  bench.exchange("AT+COPS?", {"+COPS: 1,2,\"46000\"", "OK"});
  CHECK(
      bench.ask("AT+COPS=?").starts_with("\r\n+COPS: (2,\"" + mobile + "\",\"0043004D00430043\",\"46000\"),(3,\"0043"));
  bench.ok("AT+CPOL=1,1,\"0043004D00430043\"");
  bench.ok("AT+CPOL=,0");
  bench.exchange("AT+CPOL?", {"+CPOL: 1,0,\"" + mobile + "\"", "OK"});
  CHECK(bench.ask("AT+COPN").find("+COPN: \"46000\",\"" + mobile + "\"") != std::string::npos);
  // <number> of 27.007 has no character set.
  bench.ok("AT+CCFC=0,3,\"+4930123\"");
  bench.exchange("AT+CCFC=0,2,,,1", {"+CCFC: 1,1,\"+4930123\",145", "OK"});
  bench.exchange("AT+CNUM", {"+CNUM: \"\",\"+447700900001\",145,7,4", "OK"});
}
