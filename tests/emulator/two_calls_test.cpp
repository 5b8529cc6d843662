// SPDX-License-Identifier: Apache-2.0
// A second call: AT+CCWA, AT+CHLD, and AT+CPAS.
#include <string>

#include "emulator/device/outside.hpp"
#include "emulator/device/voice_calls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

/// One call is active, a second one waits.
struct Waiting {
  Waiting() {
    bench.ok("AT+CCWA=1,1,1");
    bench.ok("ATD10086;");
    bench.advance(1s);
    bench.expect_nothing();
    REQUIRE(bench.outside().ring("+491701"));
    bench.advance({});
    bench.expect("+CCWA: \"+491701\",145,1");
    bench.expect_nothing();
  }
  void calls(const std::string& first, const std::string& second) {
    bench.exchange("AT+CLCC", {"+CLCC: 1,0," + first + ",0,0,\"10086\",129,\"\"\r\n+CLCC: 2,1," + second +
                                   ",0,0,\"+491701\",145,\"\"",
                               "OK"});
  }
  void only_the_second() { bench.exchange("AT+CLCC", {"+CLCC: 2,1,0,0,0,\"+491701\",145,\"\"", "OK"}); }
  void only_the_first() { bench.exchange("AT+CLCC", {"+CLCC: 1,0,0,0,0,\"10086\",129,\"\"", "OK"}); }

  ModemBench bench;
};

}  // namespace

TEST_CASE("a second caller hears the busy tone until calls may wait", "[voice][CCWA]") {
  ModemBench bench;
  bench.ok("ATD10086;");
  bench.advance(1s);
  CHECK_FALSE(bench.outside().ring("1"));
  bench.exchange("AT+CCWA=0,2", {"+CCWA: 0,7", "OK"});
  bench.ok("AT+CCWA=0,1,1");
  bench.exchange("AT+CCWA=0,2", {"+CCWA: 1,1", "OK"});
  CHECK(bench.outside().ring("1"));
  bench.advance({});
  bench.expect_nothing();  // <n> is 0
  bench.exchange("AT+CCWA?", {"+CCWA: 0", "OK"});
  CHECK_FALSE(bench.outside().ring("2"));
}

TEST_CASE("call waiting is the network's, whether the TE is told is not", "[voice][CCWA][27.007 7.12]") {
  ModemBench bench{{.ready = Ready::booted}};
  bench.outside().serve(device::RegistrationStatus::denied);
  bench.advance(1min);
  bench.exchange("AT+CCWA=1,2", {"+CME ERROR: 30"});
  bench.exchange("AT+CCWA=1,1,1", {"+CME ERROR: 30"});
  bench.exchange("AT+CCWA?", {"+CCWA: 0", "OK"});
  bench.ok("AT+CCWA=1");
}

TEST_CASE("calls wait by class, and the query tells which", "[voice][CCWA][27.007 7.12]") {
  ModemBench bench;
  bench.ok("AT+CCWA=1,1,1");
  bench.exchange("AT+CCWA=1,2", {"+CCWA: 1,1", "OK"});
  bench.exchange("AT+CCWA=1,2,6", {"+CCWA: 0,6", "OK"});
  bench.ok("AT+CCWA=1,1");  // 7: voice, data and facsimile
  bench.exchange("AT+CCWA=1,2", {"+CCWA: 1,1\r\n+CCWA: 1,2\r\n+CCWA: 1,4", "OK"});
  bench.exchange("AT+CCWA=1,2,5", {"+CCWA: 1,1\r\n+CCWA: 1,4", "OK"});
  bench.ok("AT+CCWA=1,0,1");
  bench.exchange("AT+CCWA=1,2", {"+CCWA: 1,2\r\n+CCWA: 1,4", "OK"});
  bench.ok("ATD10086;");
  bench.advance(1s);
  CHECK_FALSE(bench.outside().ring("1"));  // a voice call does not wait
  bench.ok("AT+CCWA=1,0");
  bench.exchange("AT+CCWA=1,2", {"+CCWA: 0,7", "OK"});
}

TEST_CASE("the call that waits is taken, refused or forgotten", "[voice][CHLD]") {
  Waiting both;
  both.calls("0", "5");
  auto& bench = both.bench;
  SECTION("2 holds the first and takes the second, and back") {
    bench.ok("AT+CHLD=2");
    both.calls("1", "0");
    bench.ok("AT+CHLD=2");
    both.calls("0", "1");
  }
  SECTION("1 ends the first and takes the second") {
    bench.ok("AT+CHLD=1");
    both.only_the_second();
  }
  SECTION("0 refuses the second") {
    bench.ok("AT+CHLD=0");
    both.only_the_first();
  }
  SECTION("ATA takes no call while another is active") {
    bench.exchange("ATA", {"NO CARRIER"});
    both.calls("0", "5");
  }
  SECTION("hanging up makes it ring") {
    bench.exchange("ATH", {"OK", "RING"});
    bench.exchange("AT+CLCC", {"+CLCC: 2,1,4,0,0,\"+491701\",145,\"\"", "OK"});
    bench.ok("ATA");
    both.only_the_second();
  }
  SECTION("the far end hangs up, and it rings") {
    bench.outside().far_end_hangs_up();
    bench.advance({});
    bench.expect("NO CARRIER");
    bench.expect("RING");
  }
  SECTION("its caller gives up after a minute") {
    bench.advance(59s);
    both.calls("0", "5");
    bench.advance(1s);
    bench.expect_nothing();
    both.only_the_first();
  }
}

TEST_CASE("two calls are released and joined one by one", "[voice][CHLD]") {
  Waiting both;
  auto& bench = both.bench;
  bench.ok("AT+CHLD=2");
  SECTION("0 ends the held one") {
    bench.ok("AT+CHLD=0");
    both.only_the_second();
  }
  SECTION("1x ends that one") {
    bench.ok("AT+CHLD=12");
    bench.exchange("AT+CLCC", {"+CLCC: 1,0,1,0,0,\"10086\",129,\"\"", "OK"});
    bench.exchange("AT+CHLD=12", {"+CME ERROR: 3"});
    bench.exchange("AT+VTS=1", {"+CME ERROR: 3"});
    bench.ok("AT+CHLD=2");
    both.only_the_first();
  }
  SECTION("3 joins them, 2x takes one out") {
    bench.ok("AT+CHLD=3");
    bench.exchange("AT+CLCC", {"+CLCC: 1,0,0,0,1,\"10086\",129,\"\"\r\n+CLCC: 2,1,0,0,1,\"+491701\",145,\"\"", "OK"});
    bench.ok("AT+CHLD=22");
    both.calls("1", "0");
    bench.ok("AT+CHLD=3");
    bench.ok("ATH");
    bench.ok("AT+CLCC");
  }
  SECTION("ATH ends the active one only") {
    bench.ok("ATH");
    bench.exchange("AT+CLCC", {"+CLCC: 1,0,1,0,0,\"10086\",129,\"\"", "OK"});
    bench.ok("ATH");
    bench.ok("AT+CLCC");
  }
  SECTION("without radio both end, and one word tells it") {
    bench.exchange("AT+CFUN=4", {"OK", "NO CARRIER"});
    bench.ok("AT+CLCC");
  }
}

TEST_CASE("a second call is dialled while the first is held", "[voice][CHLD]") {
  ModemBench bench;
  bench.exchange("AT+CHLD=?", {"+CHLD: (0,1,1x,2,2x,3)", "OK"});
  for (const auto* line : {"AT+CHLD=0", "AT+CHLD=1", "AT+CHLD=2", "AT+CHLD=3", "AT+CHLD=4", "AT+CHLD=11"}) {
    bench.exchange(line, {"+CME ERROR: 3"});
  }
  bench.ok("ATD1;");
  bench.advance(1s);
  bench.exchange("ATD2;", {"+CME ERROR: 3"});
  bench.ok("AT+CHLD=2");
  bench.ok("ATD2;");
  bench.advance(1s);
  bench.exchange("AT+CLCC", {"+CLCC: 1,0,1,0,0,\"1\",129,\"\"\r\n+CLCC: 2,0,0,0,0,\"2\",129,\"\"", "OK"});
  bench.ok("AT+CHLD=2");
  bench.exchange("ATD3;", {"+CME ERROR: 3"});
}

TEST_CASE("CPAS tells of calls", "[voice][M66 4.2]") {
  ModemBench bench;
  bench.exchange("AT+CPAS", {"+CPAS: 0", "OK"});
  bench.outside().ring("1");
  bench.advance({});
  bench.expect("RING");
  bench.exchange("AT+CPAS", {"+CPAS: 3", "OK"});
  bench.ok("ATA");
  bench.exchange("AT+CPAS", {"+CPAS: 4", "OK"});
  bench.ok("ATH");
  bench.exchange("AT+CPAS", {"+CPAS: 0", "OK"});
}

TEST_CASE("settings of several numbers keep what is left out", "[supplementary]") {
  ModemBench bench;
  bench.exchange("AT+CRLP?", {"+CRLP: 61,61,128,6,0,3", "OK"});
  bench.ok("AT+CRLP=60,,130");
  bench.exchange("AT+CRLP?", {"+CRLP: 60,61,130,6,0,3", "OK"});
  for (const auto* line : {"AT+CRLP=62", "AT+CRLP=1,x", "AT+CRLP=1,1,128,6,0,3,1"}) {
    bench.exchange(line, {"+CME ERROR: 3"});
  }
  bench.exchange("AT+CRLP?", {"+CRLP: 60,61,130,6,0,3", "OK"});
  bench.exchange("AT+CSSN=?", {"+CSSN: (0,1)[,(0,1)]", "OK"});
  bench.ok("AT+CSSN=1,1");
  bench.ok("AT&FE0");
  bench.exchange("AT+CSSN?", {"+CSSN: 0,0", "OK"});
  bench.exchange("AT+CRLP?", {"+CRLP: 61,61,128,6,0,3", "OK"});
}
