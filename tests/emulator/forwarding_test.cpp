// SPDX-License-Identifier: Apache-2.0
// AT+CCFC, and calls and messages that do not get through.
#include "emulator/device/messaging.hpp"
#include "emulator/device/outside.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

TEST_CASE("calls are forwarded by reason and service", "[forwarding][CCFC]") {
  ModemBench bench;
  bench.exchange("AT+CCFC=?", {"+CCFC: (0-5)", "OK"});
  bench.exchange("AT+CCFC=0,2", {"+CCFC: 0,7", "OK"});
  // As a driver for the M95 sends it.
  bench.ok("AT+CCFC=0,3,\"+447700900456\"");
  CHECK(
      bench.ask("AT+CCFC=0,2") ==
      "\r\n+CCFC: 1,1,\"+447700900456\",145\r\n+CCFC: 1,2,\"+447700900456\",145\r\n+CCFC: 1,4,\"+447700900456\",145\r\n"
      "\r\nOK\r\n");
  bench.exchange("AT+CCFC=0,2,,,1", {"+CCFC: 1,1,\"+447700900456\",145", "OK"});
  bench.exchange("AT+CCFC=1,2", {"+CCFC: 0,7", "OK"});

  bench.ok("AT+CCFC=0,0");
  bench.exchange("AT+CCFC=0,2", {"+CCFC: 0,7", "OK"});
  bench.ok("AT+CCFC=0,1,,,1");  // the number is still there
  bench.exchange("AT+CCFC=0,2", {"+CCFC: 1,1,\"+447700900456\",145", "OK"});
  bench.ok("AT+CCFC=4,4");
  bench.exchange("AT+CCFC=0,1", {"+CME ERROR: 3"});

  bench.ok("AT+CCFC=2,3,\"0301234\",129,1,,,15");
  bench.exchange("AT+CCFC=2,2", {"+CCFC: 1,1,\"0301234\",129,,,15", "OK"});
  bench.ok("AT+CCFC=5,4");
  bench.exchange("AT+CCFC=2,2", {"+CCFC: 0,7", "OK"});
}

TEST_CASE("forwarding that cannot be", "[forwarding][CCFC]") {
  ModemBench bench;
  for (const auto* command : {"AT+CCFC=0,3", "AT+CCFC=6,2", "AT+CCFC=0,5", "AT+CCFC=4,2", "AT+CCFC=0,3,\"abc\"",
                              "AT+CCFC=0", "AT+CCFC?", "AT+CCFC=0,3,\"030\",1"}) {
    INFO(command);
    bench.exchange(command, {"+CME ERROR: 3"});
  }
  bench.outside().serve(device::RegistrationStatus::denied);
  bench.advance(1s);
  bench.take();
  bench.exchange("AT+CCFC=0,2", {"+CME ERROR: 30"});
}

TEST_CASE("a call that is always forwarded does not ring", "[forwarding][CCFC]") {
  ModemBench bench;
  bench.ok("AT+CCFC=0,3,\"030\",129,1");
  CHECK(!bench.outside().ring("0301"));
  bench.ok("AT+CCFC=0,4");
  CHECK(bench.outside().ring("0301"));
}

TEST_CASE("AT+QREFUSECS lets neither messages nor calls through", "[forwarding]") {
  ModemBench bench;
  bench.exchange("AT+QREFUSECS=?", {"+QREFUSECS: (0,1),(0,1)", "OK"});
  bench.exchange("AT+QREFUSECS?", {"+QREFUSECS: 0,0", "OK"});
  bench.ok("AT+QREFUSECS=1,1");
  bench.exchange("AT+QREFUSECS?", {"+QREFUSECS: 1,1", "OK"});
  CHECK(!bench.outside().ring("0301"));
  CHECK(bench.outside().deliver_sms("0301", "hi") == device::Messaging::Delivery::failed);
  bench.expect_nothing();
  bench.ok("AT+QREFUSECS=0,0");
  CHECK(bench.outside().deliver_sms("0301", "hi") == device::Messaging::Delivery::stored);
  bench.advance({});
  bench.expect("+CMTI: \"SM\",1");
  bench.exchange("AT+QREFUSECS=1", {"+CME ERROR: 3"});
}
