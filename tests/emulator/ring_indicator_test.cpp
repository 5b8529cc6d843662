// SPDX-License-Identifier: Apache-2.0
// RI on the Timeline: on while a call rings, a pulse for messages and URCs.
#include "emulator/device/outside.hpp"
#include "emulator/device/voice_calls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;

namespace {

struct RingBench : ModemBench {
  bool ri() { return modem().line(emulator::Line::ri); }
  void pulse_of_120ms() {
    CHECK(ri());
    advance(120ms - 1ns);
    CHECK(ri());
    advance(1ns);
    CHECK(!ri());
  }
};

}  // namespace

TEST_CASE("RI is on while a call rings", "[ri]") {
  RingBench bench;
  bench.ok("AT+QINDRI=0");  // the words of its end are a URC as well
  CHECK(!bench.ri());
  bench.outside().ring("0301");
  CHECK(bench.ri());
  bench.advance(20s);
  CHECK(bench.ri());
  SECTION("until it is answered") {
    bench.ask("ATA");
    CHECK(!bench.ri());
  }
  SECTION("until the caller gives up") {
    bench.outside().far_end_hangs_up();
    CHECK(!bench.ri());
  }
  SECTION("until it is refused") {
    bench.ask("ATH");
    CHECK(!bench.ri());
  }
  SECTION("until the module is switched off") {
    bench.modem().cut_supply();
    CHECK(!bench.ri());
  }
}

TEST_CASE("a message is a pulse of 120 ms, whatever AT+QINDRI says", "[ri]") {
  RingBench bench;
  const int report = GENERATE(0, 1);
  const int shown = GENERATE(0, 1, 2);  // kept in silence, told of, shown at once
  bench.ok(fmt::format("AT+QINDRI={}", report));
  bench.ok(fmt::format("AT+CNMI=2,{},0,0,0", shown));
  bench.outside().deliver_sms("0301", "hi");
  if (shown == 0) {
    CHECK(!bench.ri());
  } else {
    bench.pulse_of_120ms();
  }
}

TEST_CASE("another URC is a pulse as AT+QINDRI says", "[ri][M66 4.3]") {
  RingBench bench;
  bench.ok("AT+CREG=1");
  SECTION("by default") {
    bench.outside().serve(device::RegistrationStatus::roaming);
    bench.pulse_of_120ms();
  }
  SECTION("not with 0") {
    bench.ok("AT+QINDRI=0");
    bench.outside().serve(device::RegistrationStatus::roaming);
    CHECK(!bench.ri());
  }
  SECTION("not for what is not said") {
    bench.ok("AT+CREG=0");
    bench.outside().serve(device::RegistrationStatus::roaming);
    CHECK(!bench.ri());
  }
  SECTION("at once, also while the words wait for a command") {
    bench.send_raw("AT+CS");
    bench.outside().serve(device::RegistrationStatus::roaming);
    bench.pulse_of_120ms();
  }
}
