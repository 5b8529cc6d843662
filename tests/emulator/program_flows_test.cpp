// SPDX-License-Identifier: Apache-2.0
// What Debian's programs send, as a script (clients.md 3.5 and 3.7). gammu, gnokii, smsd, chat and picocom themselves
// run in tests/integration.
#include "emulator/device/messaging.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "emulator/workbench/pattern.hpp"
#include "tests/emulator/driver.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using workbench::Pattern;

namespace {

/// ModemManager reads to the final result and takes what stands before it apart with its regular expressions.
struct ModemManager : Driver {
  ModemManager() : Driver{"\r"} {}

  /// Exactly one final result, at the end. What stands before it.
  std::string answer(std::string_view line) {
    const auto text = ask(line);
    INFO(std::string{line} << ": " << escaped(text));
    static const Pattern final_result{"\r\n(OK|ERROR|\\+CM[ES] ERROR: [0-9]+)\r\n"};
    const auto first = final_result.find(text);
    REQUIRE(first);
    REQUIRE(first->end() == text.size());
    return text.substr(0, first->at);
  }
  void matches(std::string_view line, const char* pattern) {
    const auto text = answer(line);
    INFO(std::string{line} << ": " << escaped(text));
    CHECK(Pattern{pattern}.find(text));
  }
};

constexpr auto kProbe = {"AT", "AT%IPSYS?", "AT%IPSYS?", "AT%IPSYS?"};

}  // namespace

TEST_CASE("ModemManager: probe and initialisation", "[drivers][clients 3.5]") {
  ModemManager manager;
  for (const auto* line : kProbe) manager.answer(line);
  // The vendor's name chooses its plugin.
  manager.matches("AT+CGMI", "Quectel");
  manager.all_end_in_ok({"ATE0"});
  manager.all_ok({"ATV1", "AT+CMEE=1", "ATX4", "AT&C1"});
  manager.matches("AT+GCAP", R"re(\+CGSM)re");
  manager.matches("AT+CSCS=?", R"re(\+CSCS:\s*\(("[^"]+",?)*"UCS2"("?,?"[^"]+")*\))re");
  manager.ok("AT+CSCS=\"UCS2\"");
  manager.reads("AT+CSCS?", "+CSCS: \"UCS2\"");
  manager.matches("AT+CGMI", "Quectel");
  manager.reads("AT+CGMM", "Quectel_M95");
  manager.matches("AT+CGMR", "M95FAR02A08");
  manager.reads("AT+CGSN", "001010000000008");
  manager.matches("AT+CGDCONT=?", R"re(\+CGDCONT:\s*\((\d+)-(\d+)\),\s*"IP",)re");
  manager.reads("AT+CFUN?", "+CFUN: 1");
  manager.reads("AT+CPIN?", "+CPIN: READY");
  manager.matches("AT+CRSM=176,12258,0,0,10", R"re(\+CRSM:\s*(\d+)\s*,\s*(\d+)\s*,\s*"?([0-9a-fA-F]{20})"?)re");
  manager.reads("AT+CIMI", "460001234567890");
  // How many tries are left for each PIN and PUK.
  manager.reads("AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"63C3\"");
  manager.reads("AT+CSIM=10,\"0020008100\"", "+CSIM: 4,\"63C3\"");
  manager.reads("AT+CSIM=10,\"002C000100\"", "+CSIM: 4,\"63CA\"");
  manager.reads("AT+CSIM=10,\"002C008100\"", "+CSIM: 4,\"63CA\"");
  // Two digits of the network code.
  manager.matches("AT+CRSM=176,28589,0,0,4", R"re(\+CRSM:\s*144\s*,\s*0\s*,\s*"[0-9a-fA-F]{6}02")re");
  manager.matches("AT+CNUM", R"re(\+CNUM:\s*((?:"(?:[^"]|\\")*")|(?:[^,]*)),"(\S+)",(\d+))re");
  manager.matches("AT+CLCK=?", R"re(\+CLCK:\s*\(("SC")(,"[A-Z]{2}")*\))re");
  manager.reads("AT+CNMI=?", "+CNMI: (0-3),(0-3),(0,2,3),(0-2),(0,1)");
  manager.matches("AT+CPMS=?", R"re(\+CPMS:\s*\("SM",("..",?)+\),\(("..",?)+\),\(("..",?)+\))re");
  manager.matches("AT+CTZU=?", R"re(\+CTZU: \(0-4\))re");
  manager.ok("AT+CTZU=3");
  manager.matches("AT+CCLK?", R"re(\+CCLK:\s*"(\d+)/(\d+)/(\d+),(\d+):(\d+):(\d+)([-+]\d+)?")re");
  for (const auto* line : {"AT+WS46=?", "ATI", "AT*CNTI=2", "AT+CRSM=176,28486,0,0,17", "AT+CRSM=176,28599,0,0,20",
                           "AT+CRSM=176,28478,0,0,20", "AT+CRSM=176,28479,0,0,20", "AT+CPLS=0", "AT+CPOL=,2",
                           "AT+CPOL?", "AT+CEMODE?", "AT+CUSD=?", "AT+CPMS?", "AT+CESQ=?", "ATH", "AT+CLCC=?"}) {
    manager.answer(line);
  }
}

TEST_CASE("ModemManager: enable, scan, message, disable", "[drivers][clients 3.5]") {
  ModemManager manager;
  manager.all_end_in_ok({"ATE0"});
  manager.all_ok({"ATV1", "AT+CMEE=1", "ATX4", "AT&C1", "AT+CSCS=\"UCS2\""});
  manager.reads("AT+CFUN?", "+CFUN: 1");
  manager.reads("AT+IFC=?", "+IFC: (0-3),(0-2)");
  manager.ok("AT+IFC=2,2");
  manager.matches("AT+CIND=?", R"re(\+CIND: (\("[^"]+",\(\d-\d\)\),?)+)re");
  manager.matches("AT+CGEREP=?", R"re(\+CGEREP:)re");
  manager.answer("AT+CGEREP=2");
  manager.all_ok({"AT+CREG=2", "AT+CGREG=2", "AT+CUSD=1"});
  manager.reads("AT+CREG?", "+CREG: 2,1,\"1878\",\"0873\"");
  manager.reads("AT+CGREG?", "+CGREG: 2,1,\"1878\",\"0873\"");
  manager.matches("AT+CMGF=?", R"re(\+CMGF: \(0,1\))re");
  manager.ok("AT+CMGF=0");
  manager.matches("AT+CPMS=\"SM\",\"MT\",\"MT\"", R"re(\+CPMS:)re");
  manager.matches("AT+CPMS=\"SM\"", R"re(\+CPMS:)re");
  manager.ok("AT+CMGL=4");
  manager.ok("AT+CNMI=2,1,2,1,0");
  manager.ok("AT+CMER=3,0,0,1");
  manager.all_ok({"AT+CLIP=1", "AT+CRC=1", "AT+CCWA=1", "AT+COPS=3,2"});
  manager.reads("AT+COPS?", "+COPS: 0,2,\"46000\"");
  manager.ok("AT+COPS=3,0");
  manager.matches("AT+COPS?", R"re(\+COPS: 0,0,"[^"]+")re");
  manager.reads("AT+CSQ", "+CSQ: 30,0");
  manager.reads("AT+CIND?", "+CIND: 4,5,1,0,0,0,1,0");
  // The scan: state, long and short name, number, of each operator.
  const auto scan = manager.answer("AT+COPS=?");
  static const Pattern network{R"re(\((\d),"([^"\)]*)","([^"\)]*)","(\d{5,6})"\))re"};
  int networks = 0;
  auto rest = scan;
  while (const auto match = network.find(rest)) {
    rest.erase(0, match->end());
    ++networks;
  }
  CHECK(networks == 2);

  manager.bench.outside().deliver_sms("+4917", "hellohello", device::sms::Timestamp{10, 9, 25, 17, 25, 1, 32});
  manager.bench.advance({});
  manager.bench.expect("+CMTI: \"MT\",1");  // as it chose; it reads from there
  manager.matches("AT+CMGL=4", R"re(\+CMGL:\s*1,0,(,|[^,]*,)24\r\n([0-9A-F]+))re");
  manager.matches("AT+CMGR=1", R"re(\+CMGR:\s*1,[^,]*,24\r\n([0-9A-F]+))re");
  manager.ok("AT+CMGD=1");
  manager.sends("AT+CMGS=20", "0011000D91685120012194F60000FF05E8329BFD06\x1A", "\r\n+CMGS: 1\r\n\r\nOK\r\n");
  CHECK(manager.bench.me().messaging().journal().back().message.destination.digits == "8615021012496");

  manager.all_ok({"AT+CLIP=0", "AT+CRC=0", "AT+CCWA=0", "AT+CUSD=0", "AT+CREG=0", "AT+CGREG=0", "AT+CGEREP=0"});
}

TEST_CASE("ModemManager: the context it dials", "[drivers][clients 3.5]") {
  // The dialling itself is PPP. It gives up where the read answer lacks a field.
  ModemManager manager;
  manager.all_end_in_ok({"ATE0"});
  manager.answer("AT+CGDCONT?");
  manager.answer("AT+CGACT?");
  manager.ok("AT+CGDCONT=1,\"IP\",\"internet\"");
  manager.reads("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\",\"\",0,0");
  manager.reads("AT+CGACT?", "+CGACT: 1,0");
  // After the hang-up, when nothing is active any more.
  manager.all_ok({"ATE0", "ATV1", "AT+CMEE=1", "ATX4", "AT&C1", "AT+CGACT=0,1"});
}

TEST_CASE("ModemManager repeats itself while a command is pending", "[drivers][clients 3.5]") {
  ModemManager manager;
  manager.all_end_in_ok({"ATE0"});
  manager.bench.send_raw("AT+CSQ\rAT+CSQ\rAT+CPIN?\r");
  CHECK(manager.bench.take() ==
        "\r\n+CSQ: 30,0\r\n\r\nOK\r\n\r\n+CSQ: 30,0\r\n\r\nOK\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n");
}

// What it asks on a channel of the multiplexer, once that is there.
TEST_CASE("oFono: SIM, indicators, messages", "[drivers][clients 3.6]") {
  ModemManager ofono;  // one final result each, and nothing behind it
  ofono.all_end_in_ok({"ATE0"});
  ofono.ok("AT+CMEE=1;+CREG=2");
  // A file's description before its content: EF, transparent or with records, its size.
  ofono.reads("AT+CRSM=192,12258", "+CRSM: 144, 0, \"0000000A2FE2040004FF4401020000\"");
  ofono.reads("AT+CRSM=176,12258,0,0,10", "+CRSM: 144, 0, \"98680021436587092143\"");
  ofono.reads("AT+CRSM=192,28589", "+CRSM: 144, 0, \"000000046FAD040004FF4401020000\"");
  ofono.reads("AT+CRSM=192,28590", "+CRSM: 144, 0, \"000000016FAE040004FF4401020000\"");
  ofono.reads("AT+CRSM=192,28480", "+CRSM: 144, 0, \"0000001C6F40040014FF440102011C\"");
  ofono.matches("AT+CRSM=178,28480,1,4,28", R"re(\+CRSM: 144, 0, "[0-9A-F]{56}")re");
  ofono.reads("AT+CRSM=192,28421", "+CRSM: 148, 4");  // languages: none
  ofono.matches("AT+CUAD", R"re(\+CUAD: "61[0-9A-F]+")re");
  // It looks for "signal" and takes the place in the list for the number of +CIEV.
  ofono.matches("AT+CIND=?", R"re(\+CIND: \("battchg",\(0-5\)\),\("signal",\(0-5\)\),)re");
  ofono.matches("AT+CMER=?", R"re(\+CMER: \(0-3\),\(0\),\(0\),\(0-2\),\(0,1\))re");
  ofono.ok("AT+CMER=3,0,0,1");
  ofono.reads("AT+CIND?", "+CIND: 4,5,1,0,0,0,1,0");
  ofono.matches("AT+CSMS=?", R"re(\+CSMS: \(0,1,128\))re");
  ofono.reads("AT+CSMS=128", "+CSMS: 1,1,1");
  ofono.reads("AT+CSMS?", "+CSMS: 128,1,1,1");
  ofono.bench.me().registration().set_signal_strength(9);
  ofono.bench.advance({});
  ofono.bench.expect("+CIEV: 2,2");
}

TEST_CASE("wvdial before it dials", "[drivers][clients 3.7]") {
  Driver driver{"\r"};
  driver.bench.send_raw("\r\r\r\r\r\r\r\r\r\r");
  driver.bench.advance({});
  driver.bench.take();
  driver.wants("ATZ", "ATZ\r\r\nOK\r\n");
  driver.wants("ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0", "ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0\r\r\nOK\r\n");
  driver.wants("AT+CGDCONT=1,\"IP\",\"internet\"", "AT+CGDCONT=1,\"IP\",\"internet\"\r\r\nOK\r\n");
}

TEST_CASE("comgt", "[drivers][clients 3.7]") {
  Driver driver{"\r"};
  driver.all_end_in_ok({"ATE0"});
  driver.reads("AT+CSQ", "+CSQ: 30,0");
  driver.reads("ATi", "Quectel_Ltd\r\nQuectel_M95\r\nRevision: M95FAR02A08");
  driver.all_end_in_ok({"AT+cgmi", "AT+GMR", "AT+CGDCONT?"});
  driver.reads("AT+GSN", "001010000000008");
  driver.reads("AT+clck=\"PN\",2", "+CLCK: 0");
  driver.all_refused({"AT_OHWV", "AT_ocst", "AT_OSBM?"});
}

TEST_CASE("kermit before it dials", "[drivers][clients 3.7]") {
  Driver driver{"\r"};
  driver.wants("+++ATQ0H0", "+++ATQ0H0\r\r\nOK\r\n");
  driver.wants("ATQ0V1", "ATQ0V1\r\r\nOK\r\n");
  driver.wants("ATQ0H0", "ATQ0H0\r\r\nOK\r\n");
}

TEST_CASE("mgetty waits for a call", "[drivers][clients 3.7]") {
  Driver driver{"\r"};
  driver.all_end_in_ok({"ATE0"});
  driver.ok("ATQ0V1H0");
  driver.ok("ATS0=0Q0&D2&C1");
  driver.bench.outside().ring("0383599999");
  driver.bench.advance({});
  driver.bench.expect("RING");
  driver.ok("ATH");
}
