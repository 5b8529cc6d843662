// SPDX-License-Identifier: Apache-2.0
// That what takes time takes the time its profile says.
#include "emulator/device/pace.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "emulator/app/config/profile.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/registration.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/workbench/configured.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/modem_bench.hpp"
#include "tests/support/tls_peer.hpp"

using namespace quasimodem;
using namespace quasimodem::test;
using device::Pace;
using device::Timing;

namespace {

double seconds(Duration time) { return std::chrono::duration<double>{time}.count(); }

/// The value that this part of all lies below.
double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  const auto place = part * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

void check_within(double actual, double wanted, double part) {
  INFO("wanted " << wanted << " s, found " << actual << " s");
  CHECK(std::abs(actual / wanted - 1) < part);
}

/// A module with the profile `realistic` that has just attached itself.
struct Run {
  explicit Run(std::uint64_t seed)
      : bench{{.configuration = workbench::configured({.timing = app::read_profile("realistic"), .seed = seed}),
               .ready = Ready::powered_off}} {
    // A host that leaves autobauding waits for RDY; here it is enough that everything is over.
    bench.modem().power_key();
    while (!bench.me().registration().attached()) step();
    bench.send("ATE0");
    until("OK");
  }

  void step() { bench.advance(*bench.timeline().next_deadline() - bench.timeline().now()); }
  /// How long it takes from now until these words come.
  double until(std::string_view words) {
    const auto start = bench.timeline().now();
    std::string heard;
    while (heard.find(words) == std::string::npos) {
      REQUIRE(bench.timeline().next_deadline());
      step();
      heard += bench.take();
      INFO(heard);
      REQUIRE(heard.find("ERROR") == std::string::npos);
    }
    return seconds(bench.timeline().now() - start);
  }
  double time_of(std::string_view command, std::string_view end) {
    bench.send(command);
    return until(end);
  }

  ModemBench bench;
};

/// How much the server of the tests sends in a handshake: at 8 kbit/s, so many milliseconds.
std::size_t handshake_bytes_down() {
  Timing timing;
  timing.down_kbit_s = 8;
  ModemBench bench{{.configuration = workbench::configured({.timing = timing}), .ready = Ready::ip_status}};
  const TlsPeer peer{bench.network(), "peer.test", 443};
  bench.ok("AT+QIMUX=1");
  bench.send("AT+QSSLOPEN=1,0,\"peer.test\",443,0");
  std::string heard;
  std::size_t milliseconds = 0;
  while (heard.find("+QSSLOPEN: 1,0") == std::string::npos) {
    bench.advance(1ms);
    ++milliseconds;
    heard += bench.take();
    INFO(escaped(heard) << bench.log().text);
    REQUIRE(milliseconds < 10'000);
  }
  return milliseconds;
}

// 200 runs, as the acceptance of the profile asks: seed n is run n, none left out, none looked for.
//
// "Within 10 %" is about the 95 % of a sample, and for QIACT one sample a run could not keep it honestly: of 200 draws
// from its log-normal (sigma 0.60) that figure has a standard error of 9 %, so a profile without any fault would miss
// it with a quarter of all seeds, and the test would have to choose one that does not. Ten samples a run, 2000 in all,
// bring the error down to 2.9 %: 10 % are more than three of them. QSSLOPEN is a sum of many draws and narrower: there
// one sample a run has an error of 1.2 %. The draws themselves are held to 5 % with 20,000 of each kind, above.
constexpr std::uint64_t kRuns = 200;
constexpr int kSamples = 10;

}  // namespace

TEST_CASE("many draws of every delay have its median and its 95 %", "[pace]") {
  for (const auto* profile : {"realistic", "poor"}) {
    Pace pace{app::read_profile(profile), 1, {}};
    for (const auto& kind : device::kDelayKinds) {
      std::vector<double> drawn;
      for (int i = 0; i < 20'000; ++i) drawn.push_back(seconds(pace.next(kind.value)));
      INFO(profile << ": " << kind.key);
      check_within(quantile(drawn, 0.5), seconds((pace.timing().*kind.value).median), 0.05);
      check_within(quantile(drawn, 0.95), seconds((pace.timing().*kind.value).p95), 0.05);
    }
  }
}

TEST_CASE("a sequence belongs to its kind and its seed, nothing else changes it", "[pace]") {
  const auto timing = app::read_profile("poor");
  const auto five = [](Pace& pace, device::Delay Timing::*kind) {
    std::vector<Duration> drawn;
    for (int i = 0; i < 5; ++i) drawn.push_back(pace.next(kind));
    return drawn;
  };
  Pace one{timing, 7, {}};
  Pace other{timing, 7, {}};
  const auto expected = five(one, &Timing::activate);
  five(other, &Timing::registration);
  for (int i = 0; i < 100; ++i) other.next(&Timing::command);
  CHECK(five(other, &Timing::activate) == expected);
  Pace third{timing, 8, {}};
  CHECK(five(third, &Timing::activate) != expected);
}

TEST_CASE("spells come as often and last as long as they should", "[pace]") {
  Pace pace{app::read_profile("poor"), 1, {}};
  double waited = 0;
  std::vector<double> lengths;
  constexpr int kSpells = 5000;
  for (int i = 0; i < kSpells; ++i) {
    waited += seconds(pace.until(&Timing::outage));
    lengths.push_back(seconds(pace.length(&Timing::outage)));
  }
  check_within(waited / kSpells, 120, 0.05);
  CHECK(*std::min_element(lengths.begin(), lengths.end()) >= 4);
  CHECK(*std::max_element(lengths.begin(), lengths.end()) <= 40);
  check_within(std::accumulate(lengths.begin(), lengths.end(), 0.0) / kSpells, 22, 0.05);
}

TEST_CASE("AT+QIACT takes what `realistic` says, over 200 runs", "[pace][acceptance]") {
  std::vector<double> times;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    Run run{seed};
    for (int sample = 0; sample < kSamples; ++sample) {
      run.time_of("AT+QIREGAPP", "OK");
      times.push_back(run.time_of("AT+QIACT", "OK"));
      run.time_of("AT+QIDEACT", "DEACT OK");
    }
  }
  check_within(quantile(times, 0.5), 3, 0.10);
  check_within(quantile(times, 0.95), 8, 0.10);
}

// What the table says about QSSLOPEN is a sum: look-up and connection, a round trip each, four flights of the
// handshake, 434 bytes up and 1024 down (ecosystem 4.1), the module's own time, and the channel that has to be set up
// again. The sum is made here with the standard library's own distribution, and without any of the module's code.
TEST_CASE("AT+QSSLOPEN takes what `realistic` says, over 200 runs", "[pace][acceptance]") {
  std::vector<double> times;
  std::size_t up = 0;
  const auto down = handshake_bytes_down();
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    Run run{seed};
    TlsPeer peer{run.bench.network(), "peer.test", 443};
    run.time_of("AT+QIREGAPP", "OK");
    run.time_of("AT+QIACT", "OK");
    run.time_of("AT+QIMUX=1", "OK");
    run.bench.advance(10s);
    run.bench.take();
    times.push_back(run.time_of("AT+QSSLOPEN=1,0,\"peer.test\",443,0", "+QSSLOPEN: 1,0\r\n"));
    up = peer.wire().received().size();
  }

  constexpr double kSigma = 0.31982;  // ln(1100 / 650) / 1.644854
  std::mt19937_64 generator{1};
  std::lognormal_distribution<double> round_trip{std::log(0.650), kSigma};
  std::vector<double> expected;
  for (int i = 0; i < 100'000; ++i) {
    double time = 0.015 + 0.300 + 1.2 + static_cast<double>(up) * 8 / 15e3 + static_cast<double>(down) * 8 / 35e3;
    for (int trip = 0; trip < 2; ++trip) time += round_trip(generator);
    for (int flight = 0; flight < 4; ++flight) time += round_trip(generator) / 2;
    expected.push_back(time);
  }
  check_within(quantile(times, 0.5), quantile(expected, 0.5), 0.10);
  check_within(quantile(times, 0.95), quantile(expected, 0.95), 0.10);
  // 2.3: the host with 4 s passes in some runs and fails in some.
  CHECK(*std::min_element(times.begin(), times.end()) < 4);
  CHECK(*std::max_element(times.begin(), times.end()) > 4);
}

TEST_CASE("outages and lost contexts come by themselves", "[pace]") {
  Timing timing;
  timing.pdp_drop = {.every = 10min};
  timing.outage = {.every = 2min, .shortest = 4s, .longest = 40s};
  ModemBench bench{{.configuration = workbench::configured({.timing = timing}), .ready = Ready::ip_status}};
  const auto activate = [&] {
    for (const auto* command : {"AT+QIDEACT", "AT+QIREGAPP", "AT+QIACT"}) bench.ask(command);
  };
  activate();  // the first context may be lost before anybody looks
  int lost = 0;
  for (int i = 0; i < 600; ++i) {
    bench.advance(1min);
    if (bench.take() != "\r\n+PDP DEACT\r\n") continue;
    ++lost;
    activate();
  }
  CHECK(lost > 40);
  CHECK(lost < 80);
  CHECK(bench.log().contains("nothing moves for"));
}
