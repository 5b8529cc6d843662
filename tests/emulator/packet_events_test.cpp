// SPDX-License-Identifier: Apache-2.0
// AT+CGEREP: what becomes of contexts without being asked for (M66 10.9).
#include "emulator/device/outside.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("the network takes a context away", "[packet][M66 10.9]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+PDP DEACT");
  bench.expect_nothing();
  bench.exchange("AT+QIDEACT", {"DEACT OK"});
  for (const auto* line : {"AT+CGEREP=1", "AT+QIREGAPP", "AT+QIACT"}) bench.ok(line);
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect("+CGEV: NW DEACT \"IP\",\"10.1.83.189\",1");
  bench.expect("+PDP DEACT");
  bench.expect_nothing();
  bench.outside().lose_context(0);
  bench.advance({});
  bench.expect_nothing();
}

TEST_CASE("the module ends its contexts when its radio goes", "[packet][M66 10.9]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  for (const auto* line : {"AT+CGEREP=1", "AT+CGDCONT=2,\"IP\",\"internet\"", "AT+CGACT=1,2"}) bench.ok(line);
  bench.exchange("AT+CFUN=4", {"OK", "+CGEV: ME DEACT \"IP\",\"10.1.83.188\",2",
                               "+CGEV: ME DEACT \"IP\",\"10.1.83.188\",1", "+PDP DEACT"});
  bench.exchange("AT+CGACT?", {"+CGACT: 2,0", "OK"});
}

TEST_CASE("detaching ends every context", "[packet][M66 10.1]") {
  ModemBench bench{{.ready = Ready::ip_status}};
  for (const auto* line : {"AT+CGDCONT=2,\"IP\",\"internet\"", "AT+CGACT=1,2"}) bench.ok(line);
  SECTION("NO CARRIER tells of those of AT+CGACT") {
    bench.exchange("AT+CGATT=0", {"NO CARRIER", "+PDP DEACT"});
    bench.exchange("AT+CGACT?", {"+CGACT: 2,0", "OK"});
  }
  SECTION("without one it is OK") {
    bench.exchange("AT+CGACT=0,2", {"NO CARRIER"});
    bench.exchange("AT+CGATT=0", {"OK", "+PDP DEACT"});
  }
  bench.exchange("AT+CGATT?", {"+CGATT: 0", "OK"});
  bench.exchange("AT+QISTAT", {"OK", "STATE: PDP DEACT"});
}
