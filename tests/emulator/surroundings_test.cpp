// SPDX-License-Identifier: Apache-2.0
// What happens around the module: network, SIM, supply.
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/sim.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using device::RegistrationStatus;
using test::ModemBench;
using test::Ready;

TEST_CASE("The network refuses, takes and loses the module", "[surroundings]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.ok("AT+CREG=1");
  bench.ok("AT+CGREG=1");

  SECTION("denied: both domains at once, the context is lost") {
    bench.outside().serve(RegistrationStatus::denied);
    bench.advance(1s);
    bench.expect("+CREG: 3");
    bench.expect("+CGREG: 3");
    bench.expect("+PDP DEACT");
    bench.expect_nothing();
    bench.exchange("AT+CREG?", {"+CREG: 1,3", "OK"});
    bench.exchange("AT+CSQ", {"+CSQ: 30,0", "OK"});
    bench.advance(1h);
    bench.expect_nothing();
    bench.outside().serve(RegistrationStatus::home);
    bench.advance(1min);
    bench.expect("+CREG: 1");
    bench.expect("+CGREG: 1");
    bench.expect_nothing();
  }
  SECTION("roaming counts as registered") {
    bench.outside().serve(RegistrationStatus::roaming);
    bench.advance(1min);
    bench.take();
    bench.exchange("AT+CREG?", {"+CREG: 1,5", "OK"});
    bench.exchange("AT+CGREG?", {"+CGREG: 1,5", "OK"});
    bench.exchange("AT+CGATT?", {"+CGATT: 1", "OK"});
  }
  SECTION("a short outage leaves the context alone") {
    bench.outside().serve(RegistrationStatus::searching, device::Outage::brief);
    bench.advance(1s);
    bench.expect("+CREG: 2");
    bench.expect("+CGREG: 2");
    bench.exchange("AT+CSQ", {"+CSQ: 99,99", "OK"});
    bench.exchange("AT+QISTAT", {"OK", "STATE: IP STATUS"});
    bench.outside().serve(RegistrationStatus::home);
    bench.advance(1min);
    bench.expect("+CREG: 1");
    bench.expect("+CGREG: 1");
    bench.expect_nothing();
  }
  SECTION("it lasts over a restart") {
    bench.outside().serve(RegistrationStatus::denied);
    bench.advance(1s);
    bench.modem().power_key();
    bench.modem().power_key();
    bench.advance(1min);
    bench.send("ATE0");
    bench.take();
    bench.exchange("AT+CREG?", {"+CREG: 0,3", "OK"});
    bench.exchange("AT+CGREG?", {"+CGREG: 0,3", "OK"});
  }
}

TEST_CASE("Signal strength and errors", "[surroundings]") {
  ModemBench bench;
  bench.me().registration().set_signal_strength(7);
  bench.me().registration().set_bit_error_rate(3);
  bench.exchange("AT+CSQ", {"+CSQ: 7,3", "OK"});
}

TEST_CASE("A SIM is pulled out, put in, and asks for its PIN or PUK", "[surroundings]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.outside().change_sim(device::Sim::none());
  bench.advance(1min);
  bench.expect("+PDP DEACT");
  bench.expect("+CPIN: NOT INSERTED");
  bench.expect_nothing();
  bench.exchange("AT+CPIN?", {"+CME ERROR: 10"});
  bench.exchange("AT+CREG?", {"+CREG: 0,0", "OK"});

  SECTION("ready") {
    bench.outside().change_sim(device::Sim::without_pin());
    bench.advance(1min);
    bench.expect("+CPIN: READY");
    bench.expect("Call Ready");
    bench.expect_nothing();
    bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  }
  SECTION("locked") {
    bench.outside().change_sim(device::Sim::with_pin("4711"));
    bench.advance(1min);
    bench.expect("+CPIN: SIM PIN");
    bench.expect_nothing();
    bench.send("AT+CPIN=\"4711\"");
    bench.advance(1min);
    bench.take();
    bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  }
  SECTION("blocked by too many wrong PINs") {
    bench.outside().change_sim(device::Sim::with_puk());
    bench.advance(1min);
    bench.expect("+CPIN: SIM PUK");
    bench.exchange("AT+CPIN?", {"+CPIN: SIM PUK", "OK"});
    bench.send("AT+CPIN=\"12345678\",\"1111\"");
    bench.advance(1min);
    bench.take();
    bench.exchange("AT+CPIN?", {"+CPIN: READY", "OK"});
  }
}

TEST_CASE("Voltage out of range", "[surroundings]") {
  ModemBench bench;
  using Level = device::SupplyVoltage::Level;
  bench.outside().report_voltage(Level::under_warning);
  bench.advance(1s);
  bench.expect_raw("\r\nUNDER_VOLTAGE WARNING \r\n");
  bench.ok("AT");
  bench.outside().report_voltage(Level::under_power_down);
  bench.advance(1s);
  bench.expect_raw("\r\nUNDER_VOLTAGE POWER DOWN \r\n");
  bench.send("AT");
  bench.expect_nothing();
  REQUIRE(bench.power() == device::Power::off);
}

TEST_CASE("When the supply is cut nothing more is said, not even what was on its way", "[surroundings]") {
  ModemBench bench;
  bench.modem().receive(as_bytes("AT\r"));
  bench.modem().cut_supply();
  bench.advance(1min);
  bench.expect_nothing();
  bench.modem().power_key();
  bench.advance(1min);
  REQUIRE(bench.ask("AT") == "AT\r\r\nOK\r\n");
}
