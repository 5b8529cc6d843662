// SPDX-License-Identifier: Apache-2.0
// From nothing to a module that answers.
#include <vector>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"

namespace quasimodem::bench {
namespace {

constexpr int kStarts = 50;

std::string milliseconds(double seconds) { return fmt::format("{:.1f} ms", seconds * 1e3); }

double wall(const std::vector<std::string>& command) { return run(command).usage.wall_s; }

}  // namespace

void measure_start(Report& report) {
  auto wrapping = Module::command();
  wrapping.insert(wrapping.end(), {"--", "true"});
  std::vector<double> to_ok, wrapped, alone;
  for (int i = 0; i < kStarts; ++i) {
    const Stopwatch watch;
    Module module;  // ready line, opening the port and OK included
    to_ok.push_back(watch.seconds());
    module.process().stop();
    wrapped.push_back(wall(wrapping));
    alone.push_back(wall({"true"}));
  }
  const auto yardstick = fmt::format("{} `true` alone", milliseconds(median(alone)));
  report.add(line(fmt::format("fork to first OK, median of {}", kStarts), milliseconds(median(to_ok)), yardstick, {},
                  at_most(25, median(to_ok) * 1e3, " ms")));
  report.add(line(fmt::format("`run -- true`, median of {}", kStarts), milliseconds(median(wrapped)), yardstick, {},
                  at_most(60, median(wrapped) * 1e3, " ms")));
}

}  // namespace quasimodem::bench
