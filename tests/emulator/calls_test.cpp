// SPDX-License-Identifier: Apache-2.0
// Calls and USSD (M66 7, 12, at-reference 5).
#include <string>

#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using device::VoiceCalls;

namespace {

/// A network that takes time, so that a call that is being dialled can be seen.
device::Timing slow_network() {
  device::Timing timing;
  timing.round_trip = 2s;
  return timing;
}

struct SlowBench : ModemBench {
  SlowBench() : ModemBench{Options{.configuration = {.timing = slow_network()}}} {}
};

}  // namespace

TEST_CASE("a call from the first digit to the end", "[voice][M66 7.2]") {
  SlowBench bench;
  bench.ok("AT+QMOSTAT=1");
  bench.ok("ATD10086;");
  bench.exchange("AT+CLCC", {"+CLCC: 1,0,2,0,0,\"10086\",129,\"\"", "OK"});
  bench.advance(2s);
  bench.expect("MO RING");
  bench.exchange("AT+CLCC", {"+CLCC: 1,0,3,0,0,\"10086\",129,\"\"", "OK"});
  bench.advance(2s);
  bench.expect("MO CONNECTED");
  bench.exchange("ATD10010;", {"+CME ERROR: 3"});
  bench.ok("AT+VTS=1");
  bench.ok("ATH");
  bench.ok("AT+CLCC");
  bench.exchange("AT+VTS=1", {"+CME ERROR: 3"});
}

TEST_CASE("the far end is busy, absent or not there", "[voice]") {
  const auto [answer, words, wait] = GENERATE(table<VoiceCalls::Answer, std::string, Duration>({
      {VoiceCalls::Answer::is_busy, "BUSY", 2s},
      {VoiceCalls::Answer::does_not_answer, "NO ANSWER", 62s},
      {VoiceCalls::Answer::cannot_be_reached, "NO CARRIER", 2s},
  }));
  SlowBench bench;
  bench.me().calls().far_end = [answer = answer](std::string_view) { return answer; };
  const bool waits = GENERATE(false, true);
  if (waits) bench.ok("AT+COLP=1");
  bench.send("ATD10086;");
  if (!waits) bench.expect("OK");
  bench.advance(wait - 1ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect(words);
  bench.ok("AT+CLCC");
}

TEST_CASE("ATX0 knows no busy tone", "[voice][M66 2.17]") {
  ModemBench bench;
  bench.me().calls().far_end = [](std::string_view) { return VoiceCalls::Answer::is_busy; };
  bench.ok("ATX0");
  bench.exchange("ATD1;", {"OK", "NO CARRIER"});
}

TEST_CASE("with AT+COLP=1 the result waits for the answer", "[voice][M66 7.2]") {
  SlowBench bench;
  bench.ok("AT+COLP=1");
  bench.send("ATD+8610086;");
  bench.advance(3999ms);
  bench.expect_nothing();
  bench.advance(1ms);
  bench.expect("+COLP: \"+8610086\",145,\"\",0,\"\"");
  bench.expect("OK");
}

TEST_CASE("a character gives up dialling, the LF after the CR does not", "[voice][M66 7.2]") {
  SlowBench bench;
  bench.ok("AT+COLP=1");
  bench.send_raw("ATD10086;\r\n");
  bench.advance(1s);
  bench.expect_nothing();
  bench.send_raw("x");
  bench.expect("NO CARRIER");
  bench.ok("AT+CLCC");
  bench.advance(1min);
  bench.expect_nothing();
}

TEST_CASE("without AT+COLP=1 nothing is aborted", "[voice]") {
  SlowBench bench;
  bench.send_raw("ATD10086;\rAT\r");
  bench.expect("OK");
  bench.expect("OK");
}

TEST_CASE("somebody calls", "[voice]") {
  ModemBench bench;
  CHECK(bench.me().ring("0383599999"));
  CHECK(!bench.me().ring("1"));
  bench.advance({});
  bench.expect("RING");
  bench.expect_nothing();
  bench.ok("AT+CLIP=1;+CRC=1");
  bench.advance(5s);
  bench.expect("+CRING: VOICE");
  bench.expect("+CLIP: \"0383599999\",129,\"\",,\"\",0");
  bench.exchange("AT+CLCC", {"+CLCC: 1,1,4,0,0,\"0383599999\",129,\"\"", "OK"});
  SECTION("answered") {
    bench.ok("ATA");
    bench.advance(1min);
    bench.expect_nothing();
    bench.exchange("AT+CLCC", {"+CLCC: 1,1,0,0,0,\"0383599999\",129,\"\"", "OK"});
    bench.me().calls().far_end_hangs_up();
    bench.advance({});
    bench.expect("NO CARRIER");
  }
  SECTION("refused") {
    bench.ok("AT+CHUP");
    bench.advance(1min);
    bench.expect_nothing();
  }
  SECTION("the caller gives up") {
    bench.advance(10min);
    CHECK(bench.take().ends_with("\r\nNO CARRIER\r\n"));
    bench.exchange("ATA", {"NO CARRIER"});
  }
  SECTION("digits") {
    bench.ask("ATV0");
    bench.ask("AT+CLIP=0;+CRC=0");
    bench.advance(5s);
    bench.expect_raw("2\r");
  }
  SECTION("power off") {
    bench.me().power_off();
    bench.advance(1min);
    bench.expect_nothing();
  }
}

TEST_CASE("ATS0 answers by itself", "[voice][M66 7.7]") {
  ModemBench bench;
  bench.ok("ATS0=2");
  bench.me().ring("1");
  bench.advance(1min);
  bench.expect("RING");
  bench.expect("RING");
  bench.expect_nothing();
  bench.exchange("AT+CLCC", {"+CLCC: 1,1,0,0,0,\"1\",129,\"\"", "OK"});
}

TEST_CASE("RING waits for the end of a command", "[voice]") {
  ModemBench bench;
  bench.send_raw("A");
  bench.me().ring("1");
  bench.advance({});
  bench.expect_nothing();
  bench.send_raw("T\r");
  bench.expect("OK");
  bench.expect("RING");
}

TEST_CASE("calls that cannot be", "[voice]") {
  ModemBench bench;
  bench.exchange("ATD123", {"NO CARRIER"});  // data
  bench.exchange("ATD12?3;", {"ERROR"});
  bench.exchange("ATD;", {"ERROR"});
  // No number, so it is no call of data either.
  for (const auto* line : {"ATDL", "ATDL;", "ATD>1", "ATD>SM1;", "ATDhello"}) bench.exchange(line, {"ERROR"});
  bench.exchange("ATA", {"NO CARRIER"});
  bench.ok("ATH");
  bench.ok("AT+CFUN=4");
  bench.exchange("ATD123;", {"+CME ERROR: 30"});
  CHECK(!bench.me().ring("1"));
}

TEST_CASE("the radio goes off during a call", "[voice]") {
  ModemBench bench;
  bench.ok("ATD1;");
  bench.send("AT+CFUN=4");
  CHECK(bench.take().find("\r\nNO CARRIER\r\n") != std::string::npos);
  bench.ok("AT+CLCC");
}

TEST_CASE("settings of calls", "[voice]") {
  ModemBench bench;
  bench.exchange("AT+CLIP?", {"+CLIP: 0,1", "OK"});
  bench.exchange("AT+CLIP=?", {"+CLIP: (0,1)", "OK"});
  bench.exchange("AT+COLP?", {"+COLP: 0,1", "OK"});
  bench.exchange("AT+CLIR?", {"+CLIR: 0,1", "OK"});
  bench.exchange("AT+CRC?", {"+CRC: 0", "OK"});
  bench.exchange("AT+CCWA?", {"+CCWA: 0", "OK"});
  bench.exchange("AT+CCWA=1,2", {"+CCWA: 0,7", "OK"});
  bench.exchange("AT+CUSD?", {"+CUSD: 0", "OK"});
  bench.exchange("AT+CUSD=?", {"+CUSD: (0-2)", "OK"});
  bench.exchange("AT+CLIP=2", {"+CME ERROR: 3"});
  bench.ok("AT+CHUP=?");
  bench.ok("AT+CLCC=?");
}

TEST_CASE("USSD", "[ussd][M66 12.10]") {
  SlowBench bench;
  std::string asked;
  bench.me().supplementary_service = [&](std::string_view request) {
    asked = request;
    return device::SupplementaryAnswer{.mode = 0, .text = request == "*101#" ? "\u4F60" : "hello"};
  };
  bench.ok("AT+CUSD=1,\"*100#\"");
  bench.expect_nothing();
  bench.advance(2s);
  bench.expect("+CUSD: 0,\"hello\", 15");
  CHECK(asked == "*100#");

  bench.ok("AT+CSCS=\"HEX\"");
  bench.ok("AT+CUSD=1,\"*100#\",15");
  bench.advance(2s);
  bench.expect("+CUSD: 0,\"E8329BFD06\", 15");  // packed, as TinyGSM reads it

  bench.ok("AT+CSCS=\"UCS2\"");
  bench.ok("AT+CUSD=1,\"002A0031003000310023\"");
  bench.advance(2s);
  bench.expect("+CUSD: 0,\"4F60\", 72");
  CHECK(asked == "*101#");

  bench.ok("AT+CUSD=1,\"*100#\"");
  bench.ok("AT+CUSD=2");
  bench.advance(10s);
  bench.expect_nothing();
  bench.ok("ATD*100#;");
  bench.advance(2s);
  CHECK(bench.take().starts_with("\r\n+CUSD: 0,"));
  bench.ok("AT+CUSD=0,\"*100#\"");
  bench.advance(2s);
  bench.expect_nothing();
}
