// SPDX-License-Identifier: Apache-2.0
// AT and its OK: one after the other, and as many as fit.
#include <cstddef>
#include <vector>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/peers.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::string_view kCommand = "AT\r";
constexpr std::string_view kAnswer = "\r\nOK\r\n";

constexpr int kBlocks = 50;
constexpr int kTripsPerBlock = 500;
constexpr double kFastest = 0.1;
constexpr int kPipelinedBlocks = 7;
constexpr std::size_t kPipelined = 100'000;

/// Adds the seconds of each round trip to `trips`.
void go(Terminal& line, int count, std::vector<double>& trips) {
  for (int i = 0; i < count; ++i) {
    const Stopwatch watch;
    line.write(kCommand);
    line.expect(kAnswer);
    trips.push_back(watch.seconds());
  }
}

/// Commands per second when the next is sent before the last is answered.
double pipelined(Terminal& line) {
  static const Bytes kCommands = [] {
    Bytes all;
    for (std::size_t i = 0; i < kPipelined; ++i) append(all, kCommand);
    return all;
  }();
  std::size_t at = 0;
  const Stopwatch watch;
  line.exchange(kCommands, kPipelined * kAnswer.size(), [&](ByteSpan bytes) {
    for (const auto byte : bytes) {
      if (byte != static_cast<std::uint8_t>(kAnswer[at])) throw Failure{"a pipelined answer is not OK"};
      at = at + 1 == kAnswer.size() ? 0 : at + 1;
    }
  });
  return kPipelined / watch.seconds();
}

std::string microseconds(double seconds) { return fmt::format("{:.1f} us", seconds * kMega); }

}  // namespace

void measure_round_trips(Report& report) {
  Module module;
  auto& line = module.host().line();
  line.write("ATE0\r");
  line.read_until(kAnswer);
  PtyPeer echo{Habit::answer_lines};
  Terminal beside{echo.device()};

  std::vector<double> warm_up, measured, yardstick;
  go(line, kTripsPerBlock, warm_up);
  go(beside, kTripsPerBlock, warm_up);
  for (int block = 0; block < kBlocks; ++block) {
    go(line, kTripsPerBlock, measured);
    go(beside, kTripsPerBlock, yardstick);
  }
  // The fastest tenth is what the two programs cost. The median is what a core costs that went to sleep between two
  // bytes and has to be woken, on a virtual machine many times as much; which of the two sleeps is the scheduler's
  // draw.
  const auto trip = quantile(measured, kFastest), echo_trip = quantile(yardstick, kFastest);
  report.add(bench::line(fmt::format("AT, OK: fastest tenth of {}", measured.size()), microseconds(trip),
                         fmt::format("{} epoll echo on a pty", microseconds(echo_trip)), trip / echo_trip,
                         at_most(1.5, trip / echo_trip, "")));
  report.add(bench::line("  median of the same", microseconds(median(measured)),
                         fmt::format("{} epoll echo on a pty", microseconds(median(yardstick))),
                         median(measured) / median(yardstick)));

  std::vector<double> rates, echo_rates;
  for (int block = 0; block < kPipelinedBlocks; ++block) {
    rates.push_back(pipelined(line));
    echo_rates.push_back(pipelined(beside));
  }
  const auto rate = median(rates), echo_rate = median(echo_rates);
  report.add(bench::line(fmt::format("AT pipelined, {} x {} answers compared", kPipelinedBlocks, kPipelined),
                         fmt::format("{:.0f} /s", rate), fmt::format("{:.0f} /s epoll echo", echo_rate),
                         rate / echo_rate, at_least(100'000, rate, " /s")));
}

}  // namespace quasimodem::bench
