// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/uart_line.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::uart;

namespace {

constexpr char kXon = 0x11;
constexpr char kXoff = 0x13;

struct FakeModule final : Dce {
  std::string heard;
  std::string says;
  bool ready = true;
  bool stopped = false;
  int rate = 9600;

  SecretBytes arrive(ByteSpan from_te) override {
    SecretBytes rest;
    for (const auto byte : from_te) {
      if (byte == kXoff || byte == kXon) {
        stopped = byte == kXoff;
      } else {
        rest.push_back(byte);
      }
    }
    return rest;
  }
  bool may_send() const override { return !stopped; }
  void receive(ByteSpan from_te) override { heard += as_text(from_te); }
  bool clear_to_send() const override { return ready; }
  Bytes take_output() override {
    const auto part = to_bytes(says.substr(0, 100));
    says.erase(0, 100);
    return part;
  }
  int baud() const override { return rate; }
};

/// A line that is moved on every millisecond, as a host would.
struct Line {
  Timeline timeline;
  FakeModule module;
  UartLine line;
  std::string arrived;

  explicit Line(Pacing pacing = Pacing::on) : line{timeline, module, pacing} { line.pump(); }
  void pass(Duration time) {
    const auto end = timeline.now() + time;
    do {
      while (line.pump()) {
      }
      timeline.advance_to(std::min(end, timeline.now() + 1ms));
      arrived += as_text(line.take());
    } while (timeline.now() < end);
  }
};

std::string text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

}  // namespace

TEST_CASE("without pacing bytes pass at once, in order", "[uart]") {
  Line bench{Pacing::off};
  bench.module.says = text(10'000);
  bench.line.from_te(as_bytes("hello"));
  CHECK(bench.module.heard == "hello");
  while (bench.line.pump()) {
  }
  CHECK(as_text(bench.line.take()) == text(10'000));
  CHECK(bench.timeline.now() == Instant{});
}

TEST_CASE("with pacing a character takes ten bits, both ways", "[uart]") {
  Line bench;
  bench.module.says = text(960);
  bench.line.from_te(as_bytes(text(960)));
  bench.pass(500ms);
  CHECK(bench.arrived.size() > 470);
  CHECK(bench.arrived.size() <= 480);
  CHECK(bench.module.heard.size() > 470);
  CHECK(bench.module.heard.size() <= 480);
  bench.pass(510ms);
  CHECK(bench.arrived == text(960));
  CHECK(bench.module.heard == text(960));
}

TEST_CASE("every rate of AT+IPR carries its bytes", "[uart][M66 3.6]") {
  const int rate = GENERATE(75, 150, 300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 38400, 57600, 115200);
  Line bench;
  bench.module.rate = rate;
  bench.line.pump();
  bench.module.says = text(20);
  const auto needed = Duration{1s} * 200 / rate;
  bench.pass(needed - needed / 10);
  CHECK(bench.arrived.size() < 20);
  bench.pass(needed / 10 + 3ms);
  CHECK(bench.arrived == text(20));
}

TEST_CASE("while AT+IPR is 0 the module follows the terminal's rate", "[uart][M66 3.6.1]") {
  Line bench;
  bench.module.rate = 0;
  bench.line.set_terminal_rate(1200);
  bench.line.pump();
  bench.module.says = text(120);
  bench.pass(500ms);
  CHECK(bench.arrived.size() < 65);
  bench.pass(510ms);
  CHECK(bench.arrived == text(120));
}

TEST_CASE("a terminal rate of 0, which hangs up a line, is no rate", "[uart][clients 1.16]") {
  Line bench;
  bench.module.rate = 0;
  bench.line.set_terminal_rate(0);
  bench.module.says = text(10);
  bench.pass(1s);
  CHECK(bench.arrived == text(10));
}

TEST_CASE("a port that is stuck leaves the output in the module", "[uart]") {
  Line bench;
  bench.line.set_port_ready(false);
  bench.module.says = text(1000);
  bench.pass(10s);
  CHECK(bench.arrived.empty());
  CHECK(bench.module.says.size() == 1000);
  bench.line.set_port_ready(true);
  bench.pass(2s);
  CHECK(bench.arrived == text(1000));
}

TEST_CASE("what is on the line at a time is bounded", "[uart]") {
  Line bench;
  bench.module.says = text(50'000);
  while (bench.line.pump()) {
  }
  CHECK(bench.module.says.size() > 40'000);
  CHECK(bench.line.wants_input());
  bench.line.from_te(as_bytes(text(5000)));
  CHECK(!bench.line.wants_input());
  bench.pass(60s);
  CHECK((bench.arrived == text(50'000)));
  CHECK((bench.module.heard == text(5000)));
  CHECK(bench.line.wants_input());
  bench.module.ready = false;
  CHECK(!bench.line.wants_input());
}

// ---- a host whose process stalls ----

TEST_CASE("after a stall the line goes on at its rate: lost time is not made up for", "[uart]") {
  const int rate = GENERATE(1200, 9600, 115200);
  const auto stall = GENERATE(40ms, 80ms, 10s);
  Line bench;
  bench.module.rate = rate;
  bench.module.says = text(4000);
  bench.pass(20ms);
  const auto before = bench.arrived.size();
  bench.timeline.advance(stall);  // nobody looks meanwhile
  bench.arrived += as_text(bench.line.take());
  const auto burst = static_cast<std::size_t>(std::max(1, rate / 10 * 2 / 1000));
  CHECK(bench.arrived.size() - before <= burst);
  bench.pass(100ms);
  CHECK(bench.arrived.size() - before <= burst + static_cast<std::size_t>(rate / 100) + 1);
  bench.pass(40s);
  CHECK(bench.arrived == text(4000));
}

TEST_CASE("an XOFF that is there after a stall stops what was due meanwhile", "[uart]") {
  const int rate = GENERATE(1200, 9600, 115200);
  const auto stall = GENERATE(40ms, 80ms);
  Line bench;
  bench.module.rate = rate;
  bench.module.says = text(4000);
  bench.pass(20ms);
  const auto before = bench.arrived.size();
  bench.timeline.advance(stall);
  bench.line.from_te(as_bytes(std::string{kXoff}));
  bench.arrived += as_text(bench.line.take());
  bench.pass(10s);
  CHECK(bench.arrived.size() - before <= 1);
  bench.line.from_te(as_bytes(std::string{kXon}));
  bench.pass(40s);
  CHECK(bench.arrived == text(4000));
}

TEST_CASE("flow control overtakes what is on its way to the module", "[uart]") {
  Line bench;
  bench.module.says = text(100);
  bench.pass(20ms);
  bench.line.from_te(as_bytes(text(500) + kXoff));  // half a second of the line
  const auto before = bench.arrived.size();
  bench.pass(100ms);
  CHECK(bench.arrived.size() == before);
  CHECK(bench.module.heard.size() < 200);
  bench.line.from_te(as_bytes(std::string{kXon}));
  bench.pass(1s);
  CHECK(bench.arrived == text(100));
  CHECK(bench.module.heard == text(500));
}

TEST_CASE("a module that is stopped and full still reads on for the XON", "[uart]") {
  Line bench{GENERATE(Pacing::on, Pacing::off)};
  bench.line.from_te(as_bytes(std::string{kXoff}));
  bench.module.ready = false;
  while (bench.line.wants_input()) bench.line.from_te(as_bytes(text(1000)));
  CHECK(bench.module.heard.empty());  // it has no room; what comes is kept on the line, and not without bounds
  bench.line.from_te(as_bytes(std::string{kXon}));
  CHECK(!bench.line.wants_input());
  CHECK(bench.module.may_send());
}

TEST_CASE("a stuck port gets what was on the line at the line's rate later", "[uart]") {
  Line bench;
  bench.module.says = text(1000);
  bench.pass(100ms);
  bench.line.set_port_ready(false);
  bench.pass(1s);
  const auto before = bench.arrived.size();
  CHECK(before <= 96);
  bench.line.set_port_ready(true);
  bench.pass(100ms);
  CHECK(bench.arrived.size() - before <= 97);
  bench.pass(1s);
  CHECK(bench.arrived == text(1000));
}

// ---- a new rate ----

TEST_CASE("a new rate counts from the bytes on that the module says at it", "[uart][M66 3.6]") {
  Line bench;
  bench.module.rate = 1200;
  bench.line.pump();
  bench.module.says = text(60);  // half a second at 1200
  while (bench.line.pump()) {
  }
  bench.module.rate = 115200;
  bench.module.says = text(60);
  CHECK(bench.line.baud() == 1200);
  bench.pass(490ms);
  CHECK(bench.arrived.size() < 60);
  CHECK(bench.line.baud() == 1200);
  bench.pass(20ms);
  CHECK(bench.arrived == text(60) + text(60));
  CHECK(bench.line.baud() == 115200);
}

// ---- what comes later on hardware ----

namespace {

/// Says its bursts one by one, each after a pause.
struct BurstingModule final : Dce {
  std::vector<std::string> bursts;
  bool begun = false;

  SecretBytes arrive(ByteSpan from_te) override { return {from_te.begin(), from_te.end()}; }
  void receive(ByteSpan) override {}
  bool clear_to_send() const override { return true; }
  bool pause_is_due() const override { return begun && !bursts.empty(); }
  Bytes take_output() override {
    if (bursts.empty()) return {};
    begun = true;
    const auto first = to_bytes(bursts.front());
    bursts.erase(bursts.begin());
    return first;
  }
  int baud() const override { return 9600; }
};

/// What a port would have written, and when.
struct Write {
  Instant at;
  std::string text;
};

std::vector<Write> writes_within(Duration time, BurstingModule& module, Pacing pacing) {
  constexpr auto kTick = 100us;
  Timeline timeline;
  UartLine line{timeline, module, pacing};
  std::vector<Write> writes;
  do {
    bool moved = true;
    while (moved) {
      moved = line.pump();
      if (const auto bytes = line.take(); !bytes.empty()) {
        writes.push_back({timeline.now(), to_text(bytes)});
        moved = true;
      }
    }
    CHECK((line.quiet() || !timeline.idle()));  // whoever waits for the Timeline is woken up
    timeline.advance(kTick);
  } while (timeline.now() < Instant{} + time);
  CHECK(line.quiet());
  return writes;
}

}  // namespace

TEST_CASE("what comes later is a write of its own, also where nothing takes time", "[uart][clients 1.4]") {
  BurstingModule module;
  module.bursts = {"\r\nOK\r\n", "\r\nCONNECT\r\n", "220 ready"};
  const auto writes = writes_within(20ms, module, Pacing::off);
  REQUIRE(writes.size() == 3);
  CHECK(writes[0].text == "\r\nOK\r\n");
  CHECK(writes[0].at == Instant{});
  CHECK(writes[1].text == "\r\nCONNECT\r\n");
  CHECK(writes[1].at - writes[0].at == 1ms);
  CHECK(writes[2].text == "220 ready");
  CHECK(writes[2].at - writes[1].at == 1ms);
}

TEST_CASE("nobody waits for a TE that is not there", "[uart][clients 1.4]") {
  BurstingModule module;
  module.bursts = {"\r\nRDY\r\n", "\r\n+CFUN: 1\r\n", "\r\n+CPIN: READY\r\n"};
  Timeline timeline;
  UartLine line{timeline, module, Pacing::off};
  line.set_attended(false);
  while (line.pump()) {
  }
  CHECK(as_text(line.take()) == "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n");
}

TEST_CASE("with pacing the pause begins when the last character has arrived", "[uart][clients 1.4]") {
  constexpr auto kCharacter = Duration{1s} * 10 / 9600;
  BurstingModule module;
  module.bursts = {"\r\nOK\r\n", "\r\nCONNECT\r\n"};
  const auto writes = writes_within(1s, module, Pacing::on);
  std::string all;
  std::vector<Duration> gaps;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if (all == "\r\nOK\r\n") gaps.push_back(writes[i].at - writes[i - 1].at);
    all += writes[i].text;
  }
  CHECK(all == "\r\nOK\r\n\r\nCONNECT\r\n");
  REQUIRE(gaps.size() == 1);  // nothing of the second was in the write that ended the first
  CHECK(gaps[0] >= 1ms + kCharacter);
}

TEST_CASE("the pause begins when the port has taken what was said before, however long that took",
          "[uart][clients 1.4]") {
  BurstingModule module;
  module.bursts = {"\r\nOK\r\n", "\r\nCONNECT\r\n"};
  Timeline timeline;
  UartLine line{timeline, module, Pacing::off};
  line.pump();
  CHECK(as_text(line.take()) == "\r\nOK\r\n");
  timeline.advance(3ms);  // the port's write
  CHECK(!line.pump());
  timeline.advance(1ms - 1ns);
  CHECK(!line.pump());
  timeline.advance(1ns);
  CHECK(line.pump());
  CHECK(as_text(line.take()) == "\r\nCONNECT\r\n");
}

TEST_CASE("RTS that fell when the ports were looked at stops what was due", "[uart]") {
  Line bench{Pacing::on};
  bench.module.says = text(100);
  bench.line.pump();
  bench.timeline.advance(3ms);
  REQUIRE(bench.line.due());
  bench.module.stopped = true;  // with no byte that tells of it
  CHECK(as_text(bench.line.take()) == "");
}
