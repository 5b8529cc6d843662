// SPDX-License-Identifier: Apache-2.0
// AT+IFC: XON/XOFF with its stuffing (quirk Q1), RTS and CTS.
#include "core/random.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/uart/software_flow.hpp"
#include "emulator/uart/uart_line.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using uart::SoftwareFlow;

TEST_CASE("every byte survives the stuffing, in any pieces", "[flow]") {
  Bytes all;
  for (int value = 0; value < 256; ++value) all.push_back(static_cast<std::uint8_t>(value));
  const auto line = SoftwareFlow::encode(all);
  CHECK(line.size() == 259);
  SoftwareFlow flow;
  Bytes back;
  for (const auto byte : line) append(back, flow.decode({&byte, 1}));
  CHECK(back == all);
  CHECK_FALSE(flow.stopped());
}

TEST_CASE("any data survives the stuffing, whatever flow control comes between its bytes", "[flow]") {
  SeededRandom random{7};
  // Mostly the bytes that need stuffing, their complements, and others.
  constexpr std::string_view kLikely{
      "\x11\x13\x77\xEE\xEC\x88\xFF"
      "w",
      8};
  for (int round = 0; round < 2000; ++round) {
    Bytes data(random.next() % 40);
    for (auto& byte : data) {
      const auto drawn = random.next();
      byte = drawn % 3 ? static_cast<std::uint8_t>(kLikely[drawn / 3 % kLikely.size()])
                       : static_cast<std::uint8_t>(drawn >> 8);
    }
    SoftwareFlow flow;
    Bytes back;
    bool stopped = false;
    std::size_t fillers = 0;
    for (const auto byte : SoftwareFlow::encode(data)) {
      REQUIRE((byte != SoftwareFlow::kXon && byte != SoftwareFlow::kXoff));
      if (random.next() % 4 == 0) {
        stopped = random.next() % 2 == 0;
        fillers += stopped ? 1 : 0;
        const auto control = stopped ? SoftwareFlow::kXoff : SoftwareFlow::kXon;
        append(back, flow.decode({&control, 1}));
      }
      append(back, flow.decode({&byte, 1}));
      REQUIRE(flow.stopped() == stopped);
    }
    REQUIRE(back == data);
    REQUIRE(flow.take_urgent(true, SoftwareFlow::Filler::after_xoff) == Bytes(fillers, 0xFF));
  }
}

TEST_CASE("XOFF holds the module back, without a word", "[flow]") {
  ModemBench bench;
  bench.ok("AT+IFC=1,1");
  bench.send_raw("\x13");
  bench.expect_nothing();
  bench.send("AT");
  bench.expect_nothing();
  bench.send_raw("\x11");
  bench.expect("OK");
  bench.expect_nothing();
}

TEST_CASE("XOFF is answered with 0xFF where the firmware switch says so", "[flow][firmware]") {
  ModemBench bench{{.configuration = workbench::configured({.firmware = {.xoff_filler = true}})}};
  bench.ok("AT+IFC=1,1");
  bench.send_raw("\x13");
  bench.expect_raw("\xFF");
  bench.expect_nothing();
}

TEST_CASE("commands and answers are stuffed too", "[flow]") {
  ModemBench bench;
  bench.ok("AT+IFC=1,1");
  bench.ok(
      "AT+QICSGP=1,\"w\x88"
      "w\x88"
      "w\x77\"");
  CHECK(bench.context(0).access.apn == "ww\x88");
}

TEST_CASE("without AT+IFC=1,1 nothing is stuffed", "[flow]") {
  ModemBench bench;
  bench.ok("AT+QICSGP=1,\"www\"");
  CHECK(bench.context(0).access.apn == "www");
}

TEST_CASE("RTS holds the module back with AT+IFC=2,2", "[flow]") {
  ModemBench bench;
  bench.ok("AT+IFC=2,2");
  bench.modem().set_line(emulator::Line::rts, false);
  bench.send("AT");
  bench.expect_nothing();
  bench.modem().set_line(emulator::Line::rts, true);
  CHECK(bench.modem().line(emulator::Line::cts));
  bench.advance({});
  bench.expect("OK");
}

namespace {

/// A line that is moved on all the time, and what has arrived at its end.
struct MovedLine {
  ModemBench bench;
  uart::UartLine line{bench.timeline(), bench.modem(), uart::Pacing::on};
  std::string arrived;

  void send(std::string_view bytes) { line.from_te(as_bytes(bytes)); }
  void pass(Duration time) {
    const auto end = bench.timeline().now() + time;
    while (bench.timeline().now() < end) {
      while (line.pump()) {
      }
      bench.timeline().advance(100us);
      arrived += as_text(line.take());
    }
  }
};

}  // namespace

TEST_CASE("XOFF stops what is already on the line", "[flow]") {
  MovedLine te;
  te.bench.ok("AT+IPR=9600");
  te.bench.ok("AT+IFC=1,1");
  te.pass(1ms);  // the rate counts from here
  te.send("ATI\r");
  te.pass(20ms);
  CHECK(te.arrived.size() > 5);
  const auto before = te.arrived.size();
  te.send("\x13");
  te.pass(1s);
  CHECK(te.arrived.size() - before <= 1);
  te.send("\x11");
  te.pass(1s);
  CHECK(te.arrived.ends_with("\r\nOK\r\n"));
}

TEST_CASE("all of the OK to AT+IPR goes out at the old rate", "[uart][M66 3.6]") {
  MovedLine te;
  te.send("AT+IPR=300\r");
  te.pass(100ms);
  CHECK(std::exchange(te.arrived, {}) == "\r\nOK\r\n");
  CHECK(te.line.baud() == 300);
  te.send("AT+IPR=115200\r");
  te.pass(Duration{1s} * 14 * 10 / 300);  // the command
  CHECK(te.arrived.size() <= 1);
  te.pass(110ms);
  CHECK(te.arrived == "\r\nO");
  CHECK(te.line.baud() == 300);
  te.pass(100ms);
  CHECK(te.arrived == "\r\nOK\r\n");
  CHECK(te.line.baud() == 115200);
  te.send("AT\r");
  te.pass(3ms);
  CHECK(te.arrived == "\r\nOK\r\n\r\nOK\r\n");
}
