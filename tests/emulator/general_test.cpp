// SPDX-License-Identifier: Apache-2.0
// Power, SIM, identity, registration, clock (M66 2, 3, 5, 6, 10, 14.1; at-reference 1.5–1.13).
#include <string>

#include "emulator/device/model_profile.hpp"
#include "emulator/device/rtc.hpp"
#include "emulator/device/sim.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

ModemBench::Options with(device::Sim sim, Ready ready = Ready::booted) {
  return {.configuration = workbench::configured({.sim = std::move(sim)}), .ready = ready};
}

/// Started once with a fixed rate, so that the next start is heard.
struct FixedRate : ModemBench {
  explicit FixedRate(device::Sim sim = device::Sim::without_pin()) : ModemBench{with(std::move(sim))} {
    ok("AT+IPR=115200&W");
  }
};

}  // namespace

// ---- power ----

TEST_CASE("the boot URCs stand in their order", "[power][M66 16.6]") {
  FixedRate bench;
  bench.modem().power_key();
  bench.advance({});
  CHECK(bench.take() == "\r\nNORMAL POWER DOWN\r\n");
  bench.modem().power_key();
  bench.advance({});
  CHECK(bench.take() == "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n");
}

TEST_CASE("the boot takes its time", "[power]") {
  constexpr Duration kBoot = 300ms;
  constexpr Duration kCallReady = 1s;
  ModemBench bench{{.configuration = workbench::configured({.timing = {.boot = kBoot, .call_ready = kCallReady}})}};
  bench.send("AT+IPR=115200&W");
  bench.advance(1s);
  bench.modem().power_key();
  bench.modem().power_key();
  bench.advance({});
  bench.take();
  bench.advance(kBoot - 1ms);
  CHECK(bench.take() == "");
  bench.send("AT");  // not heard yet
  bench.advance(1ms);
  CHECK(bench.take() == "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
  bench.advance(kCallReady - kBoot - 1ms);
  CHECK(bench.take() == "");
  bench.advance(1ms);
  CHECK(bench.take() == "\r\nCall Ready\r\n");
}

TEST_CASE("without AT+QIURC there is no Call Ready", "[power][M66 4.5]") {
  FixedRate bench;
  bench.ok("AT+QIURC=0&W");
  bench.send("AT+CFUN=1,1");
  bench.advance(1min);
  CHECK(bench.take() == "\r\nOK\r\n\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
}

TEST_CASE("after the farewell there is no other word", "[power][M66 2.20]") {
  const bool key = GENERATE(false, true);
  ModemBench bench;
  bench.ok("AT+CREG=1;+CGREG=2;+CMER=3,0,0,2");
  key ? bench.modem().power_key() : bench.send("AT+QPOWD=1");
  bench.advance(1min);
  CHECK(bench.take() == "\r\nNORMAL POWER DOWN\r\n");
}

TEST_CASE("AT+QPOWD=1 says goodbye without OK, AT+QPOWD=0 says OK", "[power][M66 2.20]") {
  ModemBench bench;
  bench.exchange("AT+QPOWD=1", {"NORMAL POWER DOWN"});
  CHECK(bench.power() == device::Power::off);
  CHECK(bench.ask("AT") == "");
  bench.replug();
  bench.exchange("AT+QPOWD=0", {"OK"});
  CHECK(bench.power() == device::Power::off);
  bench.replug();
  bench.exchange("AT+QPOWD=2", {"+CME ERROR: 3"});
  bench.exchange("AT+QPOWD=?", {"+QPOWD: (0,1)", "OK"});
}

TEST_CASE("the power key says goodbye whatever the channel is doing", "[power][M66 2.20]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  const auto* before = GENERATE("", "AT+QI", "AT+QSECWRITE=\"RAM:a\",9\rab");
  bench.send_raw(before);
  bench.take();
  bench.modem().power_key();
  bench.advance({});
  CHECK(bench.take() == "\r\nNORMAL POWER DOWN\r\n");
  CHECK(bench.channel().mode_name() == "command");
}

TEST_CASE("a restart forgets what is volatile and nothing else", "[power]") {
  FixedRate bench;
  bench.ok("AT+QIMUX=1;+QSSLCFG=\"sslversion\",3,1;+CCLK=\"20/01/01,00:00:00+00\";+CMEE=2");
  bench.send("AT+QSECWRITE=\"RAM:a\",2");
  bench.send_raw("ab");
  bench.send("AT+QSECWRITE=\"NVRAM:CA0\",2");
  bench.send_raw("ab");
  bench.send("AT+CFUN=1,1");
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  bench.exchange("AT+QIMUX?", {"+QIMUX: 0", "OK"});
  bench.exchange("AT+QSSLCFG=\"sslversion\",3", {"+QSSLCFG: \"sslversion\",4", "OK"});
  bench.exchange("AT+CMEE?", {"+CMEE: 1", "OK"});
  bench.exchange("AT+QSECREAD=\"RAM:a\"", {"+CME ERROR: 4010"});
  bench.exchange("AT+QSECREAD=\"NVRAM:CA0\"", {"+QSECREAD: 1,6162", "OK"});
}

TEST_CASE("AT+CFUN switches the radio", "[power][M66 2.19]") {
  ModemBench bench;
  bench.exchange("AT+CFUN?", {"+CFUN: 1", "OK"});
  bench.exchange("AT+CFUN=?", {"+CFUN: (0,1,4),(0,1)", "OK"});
  bench.exchange("AT+CFUN=0", {"+CPIN: NOT READY", "OK"});
  bench.exchange("AT+CFUN?", {"+CFUN: 0", "OK"});
  bench.exchange("AT+CPIN?", {"+CME ERROR: 13"});
  bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});
  bench.exchange("AT+CSQ", {"+CSQ: 99,99", "OK"});
  bench.exchange("AT+CFUN=0", {"OK"});
  bench.exchange("AT+CFUN=1", {"OK", "+CPIN: READY", "Call Ready"});
  bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  bench.exchange("AT+CFUN=4", {"OK"});
  bench.exchange("AT+CPIN?", {"+CPIN: READY", "OK"});
  bench.exchange("AT+CGATT?", {"+CGATT: 0", "OK"});
  bench.exchange("AT+CFUN=2", {"+CME ERROR: 3"});
  bench.exchange("AT+CFUN=1,2", {"+CME ERROR: 3"});
}

TEST_CASE("the contexts fall with the radio", "[power][at-reference 2.2]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.exchange("AT+CFUN=0", {"+CPIN: NOT READY", "OK", "+PDP DEACT"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
}

// ---- SIM ----

TEST_CASE("a SIM with a PIN waits for it", "[sim][M66 5.3]") {
  FixedRate bench{device::Sim::with_pin("1234")};
  bench.exchange("AT+CPIN?", {"+CPIN: SIM PIN", "OK"});
  bench.exchange("AT+QINISTAT", {"+QINISTAT: 1", "OK"});
  bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});
  bench.exchange("AT+CIMI", {"+CME ERROR: 11"});
  bench.exchange("AT+CPIN=0000", {"+CME ERROR: 16"});
  bench.exchange("AT+CPIN=1234", {"+CPIN: READY", "OK", "Call Ready"});
  bench.exchange("AT+QINISTAT", {"+QINISTAT: 3", "OK"});
  bench.exchange("AT+CPIN=1234", {"+CME ERROR: 3"});
  bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  // It is asked for again after a power cut.
  bench.send("AT+CFUN=1,1");
  bench.advance(1min);
  CHECK(bench.take() == "\r\nOK\r\n\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: SIM PIN\r\n");
}

TEST_CASE("a module without a SIM", "[sim][M66 2.21]") {
  FixedRate bench{device::Sim::none()};
  bench.exchange("AT+CPIN?", {"+CME ERROR: 10"});
  bench.exchange("AT+CIMI", {"+CME ERROR: 10"});
  bench.exchange("AT+QCCID", {"+CME ERROR: 10"});
  bench.exchange("AT+CPIN=\"1234\"", {"+CME ERROR: 10"});
  bench.exchange("AT+CFUN=0", {"OK"});
  bench.send("AT+CFUN=1,1");
  bench.advance(1min);
  CHECK(bench.take() == "\r\nOK\r\n\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: NOT INSERTED\r\n");
}

TEST_CASE("a ready SIM", "[sim]") {
  ModemBench bench;
  bench.exchange("AT+CPIN?", {"+CPIN: READY", "OK"});
  bench.exchange("AT+CPIN=?", {"OK"});
  bench.exchange("AT+QINISTAT", {"+QINISTAT: 3", "OK"});
  bench.exchange("AT+CIMI", {"460001234567890", "OK"});
  bench.exchange("AT+CPIN=", {"+CME ERROR: 3"});
  bench.exchange("AT+CPIN=123456789", {"+CME ERROR: 3"});
}

TEST_CASE("an MC60 comes from the factory with AT&D2 and AT+CTZU=3", "[profile][MC60 3.2][MC60 4.12]") {
  using device::Model;
  const auto [model, drop, update] = GENERATE(table<Model, int, int>({{Model::mc60, 2, 3}, {Model::m66, 0, 0}}));
  ModemBench bench{{.configuration = workbench::configured({.model = model})}};
  const auto shown = fmt::format("&D: {}\r\n", drop);
  CHECK(bench.ask("AT&V").find(shown) != std::string::npos);
  bench.exchange("AT+CTZU?", {fmt::format("+CTZU: {}", update), "OK"});
  bench.ok("AT&D1");
  bench.ok("AT&F");
  bench.ask("ATE0");
  CHECK(bench.ask("AT&V").find(shown) != std::string::npos);
  bench.ok("AT+CTZU=1");
  bench.replug();
  bench.exchange("AT+CTZU?", {"+CTZU: 1", "OK"});
}

// ---- who it is ----

TEST_CASE("every model says its own name", "[identity][M66 2.1]") {
  using device::Model;
  const auto [model, name, branch] = GENERATE(table<Model, std::string, std::string>({{Model::m10, "M10", "FAR"},
                                                                                      {Model::m66, "M66", "FAR"},
                                                                                      {Model::m85, "M85", "FAR"},
                                                                                      {Model::m95, "M95", "FAR"},
                                                                                      {Model::m26, "M26", "FBR"},
                                                                                      {Model::mc60, "MC60", "CAR"}}));
  ModemBench bench{{.configuration = workbench::configured({.model = model, .imei = "490154203237518"})}};
  const auto revision = "Revision: " + std::string{device::profile_of(model).revision};
  CHECK(revision.starts_with("Revision: " + name + branch));
  bench.exchange("ATI", {"Quectel_Ltd\r\nQuectel_" + name + "\r\n" + revision, "OK"});
  for (const auto* command : {"AT+GMI", "AT+CGMI"}) {
    bench.exchange(command, {"Quectel_Ltd\r\nQuectel_" + name + "\r\nRevision: MTK 0828", "OK"});
  }
  for (const auto* command : {"AT+GMM", "AT+CGMM"}) bench.exchange(command, {"Quectel_" + name, "OK"});
  for (const auto* command : {"AT+GMR", "AT+CGMR"}) bench.exchange(command, {revision, "OK"});
  for (const auto* command : {"AT+GSN", "AT+CGSN"}) bench.exchange(command, {"490154203237518", "OK"});
  bench.exchange("AT+QGSN", {"+QGSN: \"490154203237518\"", "OK"});
  bench.exchange("AT+GOI", {name, "OK"});
  bench.exchange("AT+QCCID", {model == Model::m95 ? "+QCCID: 89860012345678901234" : "89860012345678901234", "OK"});
  for (const auto* command : {"+GMI", "+CGMM", "+GSN", "+QGSN", "+CIMI", "+QCCID", "+GOI"}) {
    bench.exchange(std::string{"AT"} + command + "=?", {"OK"});
    bench.exchange(std::string{"AT"} + command + "?", {"ERROR"});
  }
}

// ---- network ----

TEST_CASE("registration is read in the forms that drivers compare literally", "[network][clients 1.14]") {
  ModemBench bench;
  for (const std::string name : {"+CREG", "+CGREG"}) {
    bench.exchange("AT" + name + "?", {name + ": 0,1", "OK"});
    bench.ok("AT" + name + "=1");
    bench.exchange("AT" + name + "?", {name + ": 1,1", "OK"});
    bench.ok("AT" + name + "=2");
    bench.exchange("AT" + name + "?", {name + ": 2,1,\"1878\",\"0873\"", "OK"});
    bench.exchange("AT" + name + "=?", {name + ": (0-2)", "OK"});
    bench.exchange("AT" + name + "=3", {"+CME ERROR: 3"});
  }
}

TEST_CASE("registration URCs come as AT+CREG asks", "[network][M66 6.2]") {
  ModemBench bench;
  bench.ok("AT+CREG=1;+CGREG=2;+QIURC=0");
  bench.exchange("AT+CFUN=4", {"OK", "+CREG: 0", "+CGREG: 0"});
  bench.exchange("AT+CFUN=1", {"OK", "+CREG: 2", "+CGREG: 2", "+CREG: 1", "+CGREG: 1,\"1878\",\"0873\""});
}

TEST_CASE("attaching and detaching", "[network][M66 10.1]") {
  ModemBench bench;
  bench.exchange("AT+CGATT?", {"+CGATT: 1", "OK"});
  bench.ok("AT+CGATT=1");
  bench.ok("AT+CGATT=0");
  bench.exchange("AT+CGATT?", {"+CGATT: 0", "OK"});
  bench.exchange("AT+CGREG?", {"+CGREG: 0,0", "OK"});
  bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  bench.ok("AT+QIREGAPP");
  bench.exchange("AT+QIACT", {"ERROR"});
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  bench.ok("AT+CGATT=1");
  bench.ok("AT+QIREGAPP;+QIACT");
  bench.exchange("AT+CGATT=2", {"+CME ERROR: 3"});
  bench.exchange("AT+CGATT=?", {"+CGATT: (0,1)", "OK"});
}

TEST_CASE("without a network there is nothing to attach to", "[network]") {
  ModemBench bench{with(device::Sim::none())};
  bench.exchange("AT+CGATT=1", {"+CME ERROR: 30"});
  bench.exchange("AT+COPS?", {"+COPS: 0", "OK"});
}

TEST_CASE("signal and operator", "[network][M66 6]") {
  ModemBench bench;
  bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
  bench.exchange("AT+CSQ=?", {"+CSQ: (0-31,99),(0-7,99)", "OK"});
  bench.exchange("AT+CSQ?", {"ERROR"});
  bench.exchange("AT+COPS?", {"+COPS: 0,0,\"CHINA MOBILE\"", "OK"});
}

// ---- clock ----

TEST_CASE("the clock starts in 2004 and runs", "[clock][at-reference 1.13]") {
  ModemBench bench{{.ready = Ready::powered_off}};
  bench.modem().power_key();
  bench.advance(46s);
  bench.ask("ATE0");
  bench.exchange("AT+CCLK?", {"+CCLK: \"04/01/01,00:00:46+00\"", "OK"});
}

TEST_CASE("the clock is set and read back", "[clock][M66 14.1]") {
  ModemBench bench;
  bench.ok("AT+CCLK=\"20/02/28,23:59:58+32\"");
  bench.advance(3s);
  bench.exchange("AT+CCLK?", {"+CCLK: \"20/02/29,00:00:01+32\"", "OK"});
  bench.ok("AT+CCLK=\"70/01/01,00:00:00-48\"");  // a sentinel that drivers set
  bench.exchange("AT+CCLK?", {"+CCLK: \"70/01/01,00:00:00-48\"", "OK"});
  bench.ok("AT+CCLK=\"69/12/31,23:59:59\"");
  bench.exchange("AT+CCLK?", {"+CCLK: \"69/12/31,23:59:59+00\"", "OK"});
  bench.exchange("AT+CCLK=?", {"OK"});
}

TEST_CASE("two digits of a year reach from 1970 to 2069", "[clock]") {
  using namespace std::chrono;
  CHECK(device::parse_local_time("70/01/01,00:00:00+00")->utc() == sys_days{1970y / 1 / 1});
  CHECK(device::parse_local_time("69/12/31,00:00:00+00")->utc() == sys_days{2069y / 12 / 31});
  CHECK(device::parse_local_time("15/06/15,12:00:00+08")->utc() == sys_days{2015y / 6 / 15} + 10h);
  CHECK(device::parse_local_time("15/06/15,12:00:00-08")->utc() == sys_days{2015y / 6 / 15} + 14h);
}

TEST_CASE("times that do not exist are refused", "[clock][M66 14.1]") {
  ModemBench bench;
  for (const auto* time :
       {"19/02/29,00:00:00+00", "20/13/01,00:00:00+00", "20/00/01,00:00:00+00", "20/01/32,00:00:00+00",
        "20/01/00,00:00:00+00", "20/01/01,24:00:00+00", "20/01/01,00:60:00+00", "20/01/01,00:00:60+00",
        "20/01/01,00:00:00+49", "20/01/01,00:00:00*01", "20/01/01 00:00:00+00", "20-01-01,00:00:00+00",
        "2020/01/01,00:00:00+0", "20/01/01,00:00", "", "20/1/1,00:00:00+00xx"}) {
    INFO(time);
    bench.exchange(fmt::format("AT+CCLK=\"{}\"", time), {"+CME ERROR: 3"});
  }
}

// ---- settings that are stored and said back ----

TEST_CASE("serial settings", "[serial][M66 3]") {
  ModemBench bench;
  bench.exchange("AT+IPR?", {"+IPR: 0", "OK"});
  for (const auto* rate : {"0", "75", "150", "300", "600", "1200", "2400", "4800", "9600", "14400", "19200", "28800",
                           "38400", "57600", "115200"}) {
    bench.ok(std::string{"AT+IPR="} + rate);
    CHECK(std::to_string(bench.modem().baud()) == rate);
  }
  bench.exchange("AT+IPR=9601", {"+CME ERROR: 3"});
  bench.exchange("AT+ICF?", {"+ICF: 3,3", "OK"});
  bench.ok("AT+ICF=3");
  bench.exchange("AT+ICF=7", {"+CME ERROR: 3"});
  bench.exchange("AT+IFC?", {"+IFC: 0,0", "OK"});
  bench.ok("AT+IFC=1,1");
  bench.exchange("AT+IFC?", {"+IFC: 1,1", "OK"});
  bench.ok("AT+IFC=0");
  bench.exchange("AT+IFC?", {"+IFC: 0,1", "OK"});
  bench.exchange("AT+IFC=0,3", {"+CME ERROR: 3"});
  bench.exchange("AT+IFC=?", {"+IFC: (0-3),(0-2)", "OK"});
  bench.exchange("AT+ICF=?", {"+ICF: (1-6),(0-3)", "OK"});
  bench.exchange("AT+ILRR?", {"+ILRR: 0", "OK"});
}

TEST_CASE("character sets and message format", "[general][M66 2.22]") {
  ModemBench bench;
  bench.exchange("AT+CSCS=?", {"+CSCS: (\"GSM\",\"HEX\",\"IRA\",\"PCCP437\",\"UCS2\",\"8859-1\")", "OK"});
  for (const auto* set : {"HEX", "IRA", "PCCP437", "UCS2", "8859-1", "GSM"}) {
    bench.ok(fmt::format("AT+CSCS=\"{}\"", set));
    bench.exchange("AT+CSCS?", {fmt::format("+CSCS: \"{}\"", set), "OK"});
  }
  bench.exchange("AT+CSCS=\"KLINGON\"", {"+CME ERROR: 3"});
  bench.ok("AT+CMGF=1;+CSCS=\"GSM\"");
  bench.exchange("AT+CMGF?", {"+CMGF: 1", "OK"});
  bench.exchange("AT+CMGF=2", {"+CME ERROR: 3"});
}
