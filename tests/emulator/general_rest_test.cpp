// SPDX-License-Identifier: Apache-2.0
// SIM, operator, packet domain, clock, hardware: at-reference 1.4–1.14.
#include <set>
#include <string_view>

#include "emulator/commands/all.hpp"
#include "emulator/commands/profile.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

ModemBench::Options locked() {
  return {.configuration = workbench::configured({.sim = device::Sim::with_pin("4321")}), .ready = Ready::booted};
}

}  // namespace

TEST_CASE("three wrong PINs ask for the PUK, ten wrong PUKs end the SIM", "[sim]") {
  ModemBench bench{locked()};
  bench.exchange("AT+CPIN?", {"+CPIN: SIM PIN", "OK"});
  for (int left = 2; left >= 0; --left) {
    bench.exchange("AT+CPIN=1111", {"+CME ERROR: 16"});
    bench.exchange("AT+QTRPIN", {fmt::format("+QTRPIN: {},3,10,10", left), "OK"});
  }
  bench.exchange("AT+CPIN?", {"+CPIN: SIM PUK", "OK"});
  bench.exchange("AT+CPIN=4321", {"+CME ERROR: 12"});
  bench.exchange("AT+CIMI", {"+CME ERROR: 12"});

  SECTION("the PUK sets a new PIN") {
    bench.exchange("AT+CPIN=\"00000000\",\"5678\"", {"+CME ERROR: 16"});
    bench.send("AT+CPIN=\"12345678\",\"5678\"");
    bench.expect("+CPIN: READY");
    bench.expect("OK");
    bench.take();
    bench.exchange("AT+QTRPIN", {"+QTRPIN: 3,3,10,10", "OK"});
    bench.ok("AT+CPWD=\"SC\",\"5678\",\"9999\"");
  }
  SECTION("ten wrong PUKs") {
    for (int i = 0; i < 10; ++i) bench.exchange("AT+CPIN=\"00000000\",\"5678\"", {"+CME ERROR: 16"});
    bench.exchange("AT+CPIN?", {"+CME ERROR: 13"});
  }
}

TEST_CASE("CLCK locks the SIM, CPWD changes its PIN", "[sim]") {
  ModemBench bench;
  bench.exchange("AT+CLCK=\"SC\",2", {"+CLCK: 0", "OK"});
  bench.exchange("AT+CPWD=\"SC\",\"1234\",\"5555\"", {"+CME ERROR: 3"});
  bench.exchange("AT+CLCK=\"SC\",1,\"0000\"", {"+CME ERROR: 16"});
  bench.ok("AT+CLCK=\"SC\",1,\"1234\"");
  bench.exchange("AT+CLCK=\"SC\",2", {"+CLCK: 1", "OK"});
  bench.ok("AT+CPWD=\"SC\",\"1234\",\"5555\"");
  bench.exchange("AT+CLCK=\"ZZ\",2", {"+CME ERROR: 3"});
  bench.exchange("AT+CLCK=\"PN\",2", {"+CLCK: 0", "OK"});
  bench.modem().power_key();
  bench.advance(1min);
  bench.modem().power_key();
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  bench.exchange("AT+CPIN?", {"+CPIN: SIM PIN", "OK"});
  CHECK(bench.ask("AT+CPIN=5555").starts_with("\r\n+CPIN: READY\r\n\r\nOK\r\n"));
}

TEST_CASE("CRSM reads the files that a driver asks for", "[sim]") {
  ModemBench bench;
  bench.exchange("AT+CRSM=176,12258,0,0,10", {"+CRSM: 144, 0, \"98680021436587092143\"", "OK"});
  bench.exchange("AT+CRSM=176,28589,0,0,4", {"+CRSM: 144, 0, \"00000002\"", "OK"});
  bench.exchange("AT+CRSM=176,28423,0,0,9", {"+CRSM: 144, 0, \"084906002143658709\"", "OK"});
  bench.exchange("AT+CRSM=176,28478,0,0,10", {"+CRSM: 148, 4", "OK"});
  bench.exchange("AT+CRSM=176,12258,0,0,11", {"+CRSM: 103, 10", "OK"});
  bench.exchange("AT+CRSM=1,12258", {"+CME ERROR: 3"});
  bench.exchange("AT+QSPN?", {"+QSPN: \"CMCC\",0", "OK"});
}

TEST_CASE("COPS in all its forms", "[operator]") {
  ModemBench bench;
  bench.exchange(
      "AT+COPS=?",
      {"+COPS: (2,\"CHINA MOBILE\",\"CMCC\",\"46000\"),(3,\"CHINA UNICOM\",\"UNICOM\",\"46001\"),,(0-4),(0-2)", "OK"});
  bench.exchange("AT+COPS?", {"+COPS: 0,0,\"CHINA MOBILE\"", "OK"});
  bench.ok("AT+COPS=3,2");
  bench.exchange("AT+COPS?", {"+COPS: 0,2,\"46000\"", "OK"});
  bench.ok("AT+COPS=1,1,\"CMCC\"");
  bench.exchange("AT+COPS?", {"+COPS: 1,1,\"CMCC\"", "OK"});
  bench.exchange("AT+COPS=1,2,\"46001\"", {"+CME ERROR: 30"});
  bench.exchange("AT+COPS=1", {"+CME ERROR: 3"});
  bench.exchange("AT+COPS=5", {"+CME ERROR: 3"});
  bench.ok("AT+CREG=2");
  bench.exchange("AT+COPS=2", {"OK", "+CREG: 0"});
  bench.exchange("AT+COPS?", {"+COPS: 2", "OK"});
  bench.exchange("AT+QNSTATUS", {"+QNSTATUS: 2", "OK"});
  bench.send("AT+COPS=0");
  bench.advance(10s);
  bench.expect("OK");
  bench.expect("+CREG: 2");
  bench.expect("+CREG: 1,\"1878\",\"0873\"");
  bench.take();
  bench.exchange("AT+QNSTATUS", {"+QNSTATUS: 0", "OK"});
}

TEST_CASE("band, cell, causes", "[operator]") {
  ModemBench bench;
  bench.exchange("AT+QBAND?", {"+QBAND: \"GSM850_EGSM_DCS_PCS_MODE\"", "OK"});
  bench.ok("AT+QBAND=\"EGSM_DCS_MODE\"");
  bench.exchange("AT+QBAND=\"LTE\"", {"+CME ERROR: 3"});
  bench.exchange("AT+QENG?", {"+QENG: 0,0", "OK"});
  bench.ok("AT+QENG=1,0");
  bench.exchange("AT+QENG?", {"+QENG: 1,0\r\n+QENG: 0,460,00,1878,0873,62,34,-53,128,128,5,14,x,x,x,x,x,x,x", "OK"});
  bench.exchange("AT+CEER", {"+CEER: 0,0", "OK"});
  bench.exchange("AT+CPAS", {"+CPAS: 0", "OK"});
  bench.replug();
  bench.exchange("AT+QBAND?", {"+QBAND: \"EGSM_DCS_MODE\"", "OK"});
}

TEST_CASE("contexts of the packet domain", "[packet]") {
  ModemBench bench;
  bench.ok("AT+CGDCONT?");
  bench.exchange("AT+CGACT=1,1", {"+CME ERROR: 3"});
  bench.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  bench.exchange("AT+CGDCONT?", {"+CGDCONT: 1,\"IP\",\"internet\",\"\",0,0", "OK"});
  bench.exchange("AT+CGDCONT=1,\"IPV6\",\"internet\"", {"+CME ERROR: 3"});
  bench.exchange("AT+CGACT?", {"+CGACT: 1,0", "OK"});
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1", "OK"});
  bench.ok("AT+CGACT=1,1");
  bench.exchange("AT+CGPADDR=1", {"+CGPADDR: 1,\"10.1.83.188\"", "OK"});
  bench.exchange("AT+CGACT?", {"+CGACT: 1,1", "OK"});
  bench.exchange("AT+CGACT=0,1", {"NO CARRIER"});
  bench.ok("AT+CGACT=0,1");
  bench.ok("AT+CGQREQ=1,1,4,3,2,31");
  bench.exchange("AT+CGQREQ?", {"+CGQREQ: 1,1,4,3,2,31", "OK"});
  bench.exchange("AT+CGQMIN?", {"+CGQMIN: 1,0,0,0,0,0", "OK"});
  bench.exchange("AT+CGQMIN=2", {"+CME ERROR: 3"});
  bench.exchange("AT+CGCLASS?", {"+CGCLASS: \"B\"", "OK"});
  bench.exchange("AT+CGCLASS=\"A\"", {"+CME ERROR: 3"});
  bench.exchange("AT+CGEREP=?", {"+CGEREP: (0,1)", "OK"});
  bench.exchange("AT+CGSMS?", {"+CGSMS: 1", "OK"});
  bench.exchange("AT+QGPCLASS?", {"MULTISLOT CLASS: 12", "OK"});
  bench.ok("AT+CGDCONT=1");
  bench.ok("AT+CGDCONT?");
}

TEST_CASE("the network tells the time when the module registers", "[clock]") {
  ModemBench bench{
      {.configuration = workbench::configured({.network_clock = device::parse_local_time("18/06/23,11:41:28+22")})}};
  bench.exchange("AT+QLTS", {"+QLTS: \"18/06/23,11:42:28+22,0\"", "OK"});
  for (const auto* line : {"AT+QNITZ=1", "AT+CTZR=1", "AT+CTZU=3"}) bench.ok(line);
  bench.exchange("AT+CTZU?", {"+CTZU: 3", "OK"});
  bench.ok("AT+COPS=2");
  bench.send("AT+COPS=0");
  bench.advance({});
  bench.expect("OK");
  bench.expect("+QNITZ: \"18/06/23,11:42:28+22,0\"");
  bench.expect("+CTZV: \"+22\"");
  bench.exchange("AT+CCLK?", {"+CCLK: \"18/06/23,11:42:28+22\"", "OK"});
}

TEST_CASE("a network without a clock tells nothing", "[clock]") {
  ModemBench bench;
  bench.exchange("AT+QLTS", {"+QLTS: \"\"", "OK"});
  bench.exchange("AT+CTZU=5", {"+CME ERROR: 3"});
}

TEST_CASE("hardware, identification, odds and ends", "[hardware]") {
  ModemBench bench;
  bench.exchange("AT+CBC", {"+CBC: 0,80,4000", "OK"});
  bench.exchange("AT+QTEMP?", {"+QTEMP: 1,1123,36", "OK"});
  bench.ok("AT+QSCLK=2");
  bench.exchange("AT+QSCLK?", {"+QSCLK: 2", "OK"});
  bench.exchange("AT+QSCLK=3", {"+CME ERROR: 3"});
  bench.exchange("AT+CSCLK=1", {"ERROR"});
  bench.exchange("AT+GETERROR", {"ERROR"});
  bench.exchange("AT+GCAP", {"+GCAP: +CGSM,+FCLASS", "OK"});
  bench.exchange("AT+WS46=?", {"+WS46: (12)", "OK"});
  bench.exchange("AT+CCID", {"+CCID: \"89860012345678901234\"", "OK"});
  bench.ok("ATQ0 V1 E0 S0=0 &C1 &D2 +FCLASS=0");
  ModemBench other{{.configuration = workbench::configured({.model = device::Model::m66})}};
  other.exchange("AT+QTEMP?", {"ERROR"});
  other.exchange("AT+CCID", {"ERROR"});
}

TEST_CASE("a converter's input on the modules that have one", "[hardware]") {
  ModemBench bench;
  bench.exchange("AT+QADC?", {"+QADC: 1,1500", "OK"});
  ModemBench other{{.configuration = workbench::configured({.model = device::Model::m66})}};
  other.exchange("AT+QADC?", {"ERROR"});
}

TEST_CASE("AT&V shows every row of the manual in its order", "[profile][M66 table 2]") {
  ModemBench bench;
  auto answer = bench.ask("AT&V");
  REQUIRE(answer.starts_with("\r\nACTIVE PROFILE\r\n"));
  answer.erase(0, 18);
  std::string names;
  for (std::size_t at = 0, end = 0; (end = answer.find("\r\n", at)) != std::string::npos && end > at; at = end + 2) {
    const auto line = answer.substr(at, end - at);
    names += line.substr(0, line.find_first_of(":(")) + ",";
  }
  CHECK(names ==
        "E,Q,V,X,S0,S2,S3,S4,S5,S6,S7,S8,S10,+CR,+FCLASS,+CMGF,+CSDH,+ILRR,+CMEE,+CBST,+IFC,+ICF,+CNMI,+CSCS,+IPR,&C,"
        "&D,+CSTA,+CRLP,+CCWE,+QSIMSTAT,+CMUX,+CCUG,+CLIP,+COLP,+CCWA,+CAOC,+CLIR,+CUSD,+CREG,+QSIMDET,+QMIC,+QECHO,"
        "+QECHO,+QECHO,+QSIDET,+QSIDET,+QCLIP,+QCOLP,+CSNS,");
  for (const auto* row : {"+CNMI: 2,1,0,0,0\r\n+CSCS: \"GSM\"\r\n+IPR: 0\r\n", "\r\n+CRLP: 61,61,128,6,0,3\r\n",
                          "\r\n+CMUX: -1\r\n+CCUG: 0,0,0\r\n", "\r\n+ICF: 3,3\r\n"}) {
    INFO(row);
    CHECK(answer.find(row) != std::string::npos);
  }
}

TEST_CASE("AT&V names nothing that no command has", "[profile][M66 table 2]") {
  ModemBench bench;
  const auto answer = bench.ask("AT&V");
  std::size_t at = answer.find("E: ");
  for (std::size_t end = 0; (end = answer.find("\r\n", at)) != std::string::npos && end > at; at = end + 2) {
    INFO(answer.substr(at, end - at));
    CHECK(answer.substr(at, end - at).find(": ") != std::string::npos);
  }
}

TEST_CASE("what a profile has of a command has its own name and comes back", "[profile]") {
  ModemBench bench;
  auto& session = bench.modem().terminal().session();
  std::set<std::string_view> names;
  for (const auto* command : session.catalogue.profile) {
    INFO(command->name);
    CHECK(names.insert(command->name).second);
    const auto values = command->values.read(*command, &session.settings);
    REQUIRE(!values.empty());
    for (std::size_t which = 0; which < values.size(); ++which) {
      const auto other = values[which] == "1" ? "0" : "1";
      command->values.write(*command, &session.settings, which, other);
      CHECK(command->values.read(*command, &session.settings)[which] == other);
    }
    command->values.write(*command, &session.settings, values.size() + 1, "7");
  }
  const auto changed = commands::profile_text(session, commands::Extent::everything);
  session.settings = {};
  CHECK(commands::profile_text(session, commands::Extent::everything) != changed);
  commands::recall_profile(session, changed, commands::Recall::everything);
  CHECK(commands::profile_text(session, commands::Extent::everything) == changed);
}

TEST_CASE("the profile of an older program is read", "[profile]") {
  ModemBench bench;
  REQUIRE(bench.flash().write("profile", as_bytes("S2=43\nS6=4\n+ICF=3\n+ICF,2=1\n+CNMI=1\n+CNMI,2=2\n+CRLP,4=8\n"
                                                  "+QMIC,9=1\n+CMGF,0=1\n+NOSUCH=7\n&D=x\nnothing\n+CSCS=UCS2\n")));
  bench.replug();
  bench.exchange("ATS6?", {"004", "OK"});
  bench.exchange("AT+ICF?", {"+ICF: 3,1", "OK"});
  bench.exchange("AT+CNMI?", {"+CNMI: 1,2,0,0,0", "OK"});
  bench.exchange("AT+CRLP?", {"+CRLP: 61,61,128,8,0,3", "OK"});
  bench.exchange("AT+CMGF?", {"+CMGF: 0", "OK"});
  bench.exchange("AT+CSCS?", {"+CSCS: \"UCS2\"", "OK"});
  const auto view = bench.ask("AT&V");
  CHECK(view.find("\r\nS2: 43\r\n") != std::string::npos);
  CHECK(view.find("\r\n&D: 0\r\n") != std::string::npos);
  // ATZ leaves the line's own alone, whatever AT&W has kept.
  bench.ok("AT+ICF=3,0");
  bench.ok("ATZ");
  bench.ask("ATE0");
  bench.exchange("AT+ICF?", {"+ICF: 3,0", "OK"});
}

TEST_CASE("of several numbers the first may be left out, a lone one may not", "[profile]") {
  ModemBench bench;
  bench.ok("AT+CRLP=,60");
  bench.exchange("AT+CRLP?", {"+CRLP: 61,60,128,6,0,3", "OK"});
  bench.exchange("AT+CRLP=61,62", {"+CME ERROR: 3"});
  bench.exchange("AT+CRLP=61,61,128,6,0,3,0", {"+CME ERROR: 3"});
  bench.exchange("AT+CSTA=", {"+CME ERROR: 3"});
  bench.exchange("AT+IFC=,1", {"+CME ERROR: 3"});
  bench.ok("AT+CNMI=,2");
  bench.exchange("AT+CNMI?", {"+CNMI: 2,2,0,0,0", "OK"});
  bench.ok("AT+ICF=5");
  bench.exchange("AT+ICF?", {"+ICF: 5,3", "OK"});
}
