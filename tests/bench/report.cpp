// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/report.hpp"

#include <cstdio>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::bench {
namespace {

constexpr auto kRow = "{:<50} {:>15}  {:<32} {:>6}  {:<11} {}\n";

}  // namespace

void Report::heading(std::string_view text) {
  fmt::print("{}\n\n", text);
  fmt::print(kRow, "", "measured", "beside it, same run", "ratio", "target", "");
  std::fflush(stdout);
}

void Report::add(const Line& line) {
  const bool judged = !line.target.empty();
  targets_ += judged ? 1 : 0;
  missed_ += judged && !line.met ? 1 : 0;
  fmt::print(kRow, line.what, line.measured, line.yardstick, line.ratio ? fmt::format("{:.2f}", *line.ratio) : "",
             line.target, judged ? (line.met ? "ok" : "MISSED") : "");
  std::fflush(stdout);
}

void Report::failed(std::string_view what, std::string_view why) {
  ++failed_;
  fmt::print("{:<50} NOT MEASURED: {}\n", what, why);
  std::fflush(stdout);
}

void Report::summary() const {
  fmt::print("\n{} of {} targets met", targets_ - missed_, targets_);
  if (failed_ > 0) fmt::print(", {} not measured", failed_);
  fmt::print("\n");
}

Verdict at_most(double limit, double value, std::string_view unit) {
  return {fmt::format("<= {:g}{}", limit, unit), value <= limit};
}

Verdict at_least(double limit, double value, std::string_view unit) {
  return {fmt::format(">= {:g}{}", limit, unit), value >= limit};
}

Line line(std::string what, std::string measured, std::string yardstick, std::optional<double> ratio) {
  return {.what = std::move(what), .measured = std::move(measured), .yardstick = std::move(yardstick), .ratio = ratio};
}

Line line(std::string what, std::string measured, std::string yardstick, std::optional<double> ratio, Verdict verdict) {
  auto judged = line(std::move(what), std::move(measured), std::move(yardstick), ratio);
  judged.target = std::move(verdict.target);
  judged.met = verdict.met;
  return judged;
}

}  // namespace quasimodem::bench
