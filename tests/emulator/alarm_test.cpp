// SPDX-License-Identifier: Apache-2.0
// AT+QALARM: the RTC's alarm in a module that is on, and in one that is off.
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using Power = device::Power;

namespace {

// At a fixed rate, so that a module that starts says so.
struct AlarmBench : ModemBench {
  AlarmBench() {
    ok("AT+IPR=115200");
    ok("AT&W");
    ok("AT+CCLK=\"15/04/08,12:00:00+00\"");
  }
};

}  // namespace

TEST_CASE("an alarm rings once, at its time", "[alarm][M66 14.2]") {
  AlarmBench bench;
  bench.exchange("AT+QALARM=?", {"+QALARM: (0,1),\"yy/MM/dd,hh:mm:ss+zz\",(0-3),(0-2)", "OK"});
  bench.exchange("AT+QALARM?", {"+QALARM: 0,\"\",0,0", "OK"});
  bench.ok("AT+QALARM=1,\"15/04/08,12:10:00+00\",0,0");
  bench.exchange("AT+QALARM?", {"+QALARM: 1,\"15/04/08,12:10:00+00\",0,0", "OK"});
  bench.advance(10min - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("ALARM RING");
  bench.exchange("AT+QALARM?", {"+QALARM: 0,\"\",0,0", "OK"});
  bench.advance(48h);
  bench.expect_nothing();
}

TEST_CASE("an alarm repeats daily, weekly, monthly", "[alarm][M66 14.2]") {
  AlarmBench bench;
  const auto rings_again_at = [&](std::string_view command, Duration first, std::string_view next) {
    bench.ok(command);
    bench.advance(first - 1ms);
    bench.expect_nothing();
    bench.advance(1ms);
    bench.expect("ALARM RING");
    bench.exchange("AT+QALARM?", {fmt::format("+QALARM: 1,\"{}", next), "OK"});
    bench.ok("AT+QALARM=0");
  };
  SECTION("the first time may be any past one") {
    rings_again_at("AT+QALARM=1,\"15/04/01,13:00:00+00\",1,0", 1h, "15/04/09,13:00:00+00\",1,0");
  }
  SECTION("weekly") { rings_again_at("AT+QALARM=1,\"15/04/08,13:00:00+00\",2,0", 1h, "15/04/15,13:00:00+00\",2,0"); }
  SECTION("monthly") { rings_again_at("AT+QALARM=1,\"15/04/08,13:00:00+00\",3,0", 1h, "15/05/08,13:00:00+00\",3,0"); }
  SECTION("monthly, on a day that not every month has") {
    bench.ok("AT+CCLK=\"15/01/31,12:00:00+00\"");
    rings_again_at("AT+QALARM=1,\"15/01/31,13:00:00+00\",3,0", 1h, "15/03/31,13:00:00+00\",3,0");
  }
}

TEST_CASE("alarms that cannot be", "[alarm]") {
  AlarmBench bench;
  for (const auto* command : {"AT+QALARM=1", "AT+QALARM=1,\"15/04/08,12:00:00+00\"",  // now is too late
                              "AT+QALARM=1,\"15/04/31,12:00:00+00\"", "AT+QALARM=1,\"soon and certainly\"",
                              "AT+QALARM=2,\"15/04/09,12:00:00+00\"", "AT+QALARM=1,\"15/04/09,12:00:00+00\",4",
                              "AT+QALARM=1,\"15/04/09,12:00:00+00\",0,3", "AT+QALARM"}) {
    INFO(command);
    bench.exchange(command, {"+CME ERROR: 3"});
  }
  // As the SDK takes an alarm back.
  bench.ok("AT+QALARM=0,\"15/04/08,12:10:00+00\",0,0");
}

TEST_CASE("the alarm goes by the clock that was set", "[alarm]") {
  AlarmBench bench;
  // Eight hours ahead: one minute past noon in UTC.
  bench.ok("AT+QALARM=1,\"15/04/08,20:01:00+32\"");
  bench.exchange("AT+QALARM=1,\"15/04/08,19:59:00+32\"", {"+CME ERROR: 3"});
  bench.advance(1min);
  bench.expect("ALARM RING");
  bench.ok("AT+QALARM=1,\"15/04/08,13:00:00+00\"");
  SECTION("forward, close to it") {
    bench.ok("AT+CCLK=\"15/04/08,12:59:59+00\"");
    bench.advance(1s);
    bench.expect("ALARM RING");
  }
  SECTION("past it: nothing rings until the clock is back") {
    bench.ok("AT+CCLK=\"15/04/08,14:00:00+00\"");
    bench.advance(1h);
    bench.expect_nothing();
    bench.ok("AT+CCLK=\"15/04/08,12:59:00+00\"");
    bench.advance(1min);
    bench.expect("ALARM RING");
  }
}

TEST_CASE("an alarm waits for the command that is running", "[alarm][M66 1.5]") {
  AlarmBench bench;
  bench.ok("AT+QALARM=1,\"15/04/08,12:01:00+00\"");
  bench.send_raw("AT+CS");
  bench.advance(1min);
  bench.expect_nothing();
  bench.send_raw("Q\r");
  bench.advance({});
  bench.expect("+CSQ: 30,0");
  bench.expect("OK");
  bench.expect("ALARM RING");
}

TEST_CASE("<power> 1 switches the module off at the alarm", "[alarm]") {
  AlarmBench bench;
  bench.ok("AT+QALARM=1,\"15/04/08,12:01:00+00\",0,1");
  bench.advance(1min);
  bench.expect("ALARM RING");
  CHECK(bench.power() == Power::off);
}

TEST_CASE("<power> 2 starts the module into alarm mode", "[alarm]") {
  AlarmBench bench;
  bench.ok("AT+QALARM=1,\"15/04/08,13:00:00+00\",0,2");
  bench.exchange("AT+QPOWD=1", {"NORMAL POWER DOWN"});
  SECTION("a supply that is cut does not forget the alarm") {
    bench.modem().cut_supply();
    bench.take();
  }
  bench.advance(1h - 1min);
  CHECK(bench.power() == Power::off);
  bench.advance(1min);
  bench.expect("RDY");
  bench.expect("ALARM MODE");
  bench.expect_nothing();
  CHECK(bench.ask("ATE0").ends_with("\r\nOK\r\n"));
  bench.exchange("AT+CFUN?", {"+CFUN: 0", "OK"});
  bench.exchange("AT+CPIN?", {"+CME ERROR: 13"});
  bench.exchange("AT+QALARM?", {"+QALARM: 0,\"\",0,0", "OK"});

  SECTION("left alone it goes off again") {
    bench.advance(90s - 1ms);
    CHECK(bench.power() == Power::on);
    bench.advance(1ms);
    CHECK(bench.power() == Power::off);
    bench.modem().power_key();
    bench.advance(1min);
    bench.take();
    bench.ask("ATE0");
    bench.exchange("AT+CFUN?", {"+CFUN: 1", "OK"});
  }
  SECTION("AT+CFUN=1 makes it a module like any other") {
    bench.send("AT+CFUN=1");
    bench.advance(10min);
    bench.expect("OK");
    bench.expect("+CPIN: READY");
    bench.expect("Call Ready");
    CHECK(bench.power() == Power::on);
    bench.exchange("AT+CREG?", {"+CREG: 0,1", "OK"});
  }
}

TEST_CASE("an alarm that is to leave the power alone passes while the module is off", "[alarm]") {
  AlarmBench bench;
  bench.ok("AT+QALARM=1,\"15/04/08,12:01:00+00\",1,0");
  bench.ask("AT+QPOWD=1");
  bench.advance(1h);
  CHECK(bench.power() == Power::off);
  bench.modem().power_key();
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  bench.exchange("AT+QALARM?", {"+QALARM: 1,\"15/04/09,12:01:00+00\",1,0", "OK"});
}

TEST_CASE("the alarm outlives the program", "[alarm]") {
  AlarmBench bench;
  bench.ok("AT+QALARM=1,\"15/04/08,12:01:00+00\",2,2");
  bench.replug();
  bench.advance(1min);
  bench.take();
  bench.ask("ATE0");
  CHECK(bench.ask("AT+QALARM?").find(",2,2\r\n") != std::string::npos);
}
