// SPDX-License-Identifier: Apache-2.0
// Calls and USSD (M66 7, 12, at-reference 5).
#include <string>

#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/device/ussd.hpp"
#include "emulator/device/voice_calls.hpp"
#include "emulator/workbench/configured.hpp"
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
  SlowBench() : ModemBench{Options{.configuration = workbench::configured({.timing = slow_network()})}} {}
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
  const auto far_end = answer;  // clang 14 captures no structured binding
  bench.me().calls().far_end = [far_end](std::string_view) { return far_end; };
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
  CHECK(bench.outside().ring("0383599999"));
  CHECK(!bench.outside().ring("1"));
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
    bench.outside().far_end_hangs_up();
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
  bench.outside().ring("1");
  bench.advance(1min);
  bench.expect("RING");
  bench.expect("RING");
  bench.expect_nothing();
  bench.exchange("AT+CLCC", {"+CLCC: 1,1,0,0,0,\"1\",129,\"\"", "OK"});
}

TEST_CASE("RING waits for the end of a command", "[voice]") {
  ModemBench bench;
  bench.send_raw("A");
  bench.outside().ring("1");
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
  CHECK(!bench.outside().ring("1"));
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

namespace {

/// A module whose network answers as said.
struct UssdBench : SlowBench {
  UssdBench() { me().ussd().set_answer({.to = {}, .text = "hello", .mode = 0}); }
  void answer(std::string_view to, std::string_view text, int mode = 0) {
    me().ussd().set_answer({.to = std::string{to}, .text = std::string{text}, .mode = mode});
  }
  /// OK at once, the answer after the network's time.
  void say(std::string_view command, std::string_view answer) {
    ok(command);
    expect_nothing();
    advance(2s);
    if (!answer.empty()) expect(answer);
    expect_nothing();
  }
};

}  // namespace

TEST_CASE("USSD", "[ussd][M66 12.10]") {
  UssdBench bench;
  bench.say("AT+CUSD=1,\"*100#\"", "+CUSD: 0,\"hello\",15");
  bench.ok("AT+CUSD=1,\"*100#\"");
  bench.ok("AT+CUSD=2");
  bench.advance(10s);
  bench.expect_nothing();
  bench.say("ATD*100#;", "+CUSD: 0,\"hello\",15");
  bench.answer("*102#", "");
  bench.say("AT+CUSD=1,\"*102#\"", "+CUSD: 0");
  bench.say("AT+CUSD=0,\"*100#\"", "");
}

TEST_CASE("an answer of a USSD service as firmware with the manual's blank writes it", "[ussd][M66 12.10]") {
  device::Configuration configuration;
  configuration.firmware.cusd_blank = true;
  ModemBench bench{{.configuration = workbench::configured(configuration)}};
  CHECK(bench.ask("AT+CUSD=1,\"*100#\"") == "\r\nOK\r\n\r\n+CUSD: 0,\"Your balance is 10.00\", 15\r\n");
}

TEST_CASE("USSD in each character set", "[ussd][27.007 7.15]") {
  UssdBench bench;
  bench.answer("*101#", "\u4F60");
  bench.answer("*103#", "[$]");
  bench.ok("AT+CSCS=\"HEX\"");
  // Two digits a character, not packed septets; what is no digits is what it is, as TinyGSM sends it.
  bench.say("AT+CUSD=1,\"*100#\",15", "+CUSD: 0,\"68656C6C6F\",15");
  bench.say("AT+CUSD=1,\"2A31303123\",15", "+CUSD: 0,\"4F60\",72");
  bench.say("AT+CUSD=1,\"2A31303323\"", "+CUSD: 0,\"1B3C021B3E\",15");
  bench.say("AT+CUSD=1,\"002A0031003000310023\",72", "+CUSD: 0,\"4F60\",72");
  for (const auto* octets : {"68", "244", "247"}) {
    bench.say(fmt::format("AT+CUSD=1,\"2A31303123\",{}", octets), "+CUSD: 0,\"4F60\",72");
  }
  bench.ok("AT+CSCS=\"UCS2\"");
  bench.say("AT+CUSD=1,\"002A0031003000310023\",15", "+CUSD: 0,\"4F60\",72");  // as gammu sends it (FR 1)
  bench.say("AT+CUSD=1,\"002A0031003000300023\",15", "+CUSD: 0,\"00680065006C006C006F\",15");
  bench.ok("AT+CSCS=\"IRA\"");
  bench.say("AT+CUSD=1,\"2A31303323\",68", "+CUSD: 0,\"[$]\",15");  // octets, whatever the character set
  bench.say("AT+CUSD=1,\"*103#\"", "+CUSD: 0,\"[$]\",15");
}

TEST_CASE("a USSD session asks back until it is over", "[ussd][27.007 7.15]") {
  UssdBench bench;
  bench.answer("*100#", "1: balance 2: data", 1);
  bench.answer("*100# 2", "1: buy 2: back", 1);
  bench.answer("1", "5 EUR");
  bench.answer("*100# 2 1", "bought", 2);
  bench.say("AT+CUSD=1,\"*100#\"", "+CUSD: 1,\"1: balance 2: data\",15");
  CHECK(bench.me().ussd().asks());
  SECTION("its last words decide") {
    bench.say("AT+CUSD=1,\"1\"", "+CUSD: 0,\"5 EUR\",15");
    CHECK_FALSE(bench.me().ussd().asks());
  }
  SECTION("before them all of it") {
    bench.say("AT+CUSD=1,\"2\"", "+CUSD: 1,\"1: buy 2: back\",15");
    bench.say("AT+CUSD=1,\"1\"", "+CUSD: 2,\"bought\",15");
    bench.say("AT+CUSD=1,\"1\"", "+CUSD: 0,\"5 EUR\",15");
  }
  SECTION("the host ends it") {
    bench.say("AT+CUSD=2", "");
    CHECK_FALSE(bench.me().ussd().asks());
    bench.say("AT+CUSD=1,\"2\"", "+CUSD: 0,\"hello\",15");
  }
  SECTION("the network ends it") {
    bench.me().ussd().speak({.mode = 2, .text = {}});
    bench.advance({});
    bench.expect("+CUSD: 2");
    CHECK_FALSE(bench.me().ussd().asks());
  }
  SECTION("it ends with the radio") {
    bench.outside().serve(device::RegistrationStatus::searching);
    CHECK_FALSE(bench.me().ussd().asks());
  }
}

TEST_CASE("the network asks by itself", "[ussd][27.007 7.15]") {
  UssdBench bench;
  bench.answer("yes", "thanks");
  bench.me().ussd().speak({.mode = 1, .text = "a new tariff?"});
  bench.advance({});
  bench.expect_nothing();  // AT+CUSD=0
  bench.ok("AT+CUSD=1");
  bench.me().ussd().speak({.mode = 1, .text = "a new tariff?"});
  bench.advance({});
  bench.expect("+CUSD: 1,\"a new tariff?\",15");
  bench.say("AT+CUSD=1,\"yes\"", "+CUSD: 0,\"thanks\",15");
}
