// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/demo/stage.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/core.h>

#include "emulator/device/timing.hpp"
#include "emulator/workbench/configured.hpp"

namespace quasimodem::app {
namespace {

constexpr auto kPatience = 5min;      // of the module's time
constexpr auto kShortestLook = 60ms;  // so that one can read along
constexpr auto kLongestLook = 1500ms;

}  // namespace

Stage::Stage(Coloring coloring, Pace pace, const device::Timing& timing, const device::FirmwareChoice& firmware)
    : rows_{coloring}, pace_{pace}, bench_{{.configuration = workbench::configured({.firmware = firmware})}} {
  bench_.board().set_timing(timing);
  bench_.network().set_latency(timing.round_trip.median / 2);
  bench_.advance(1s);  // the answers of what brought it here
  bench_.take();
  beginning_ = shown_until_ = bench_.timeline().now();
}

void Stage::show(Ink ink, std::string_view left, std::string_view right) {
  const auto now = bench_.timeline().now();
  if (pace_ == Pace::live) {
    std::this_thread::sleep_for(std::clamp<Duration>(now - shown_until_, kShortestLook, kLongestLook));
  }
  shown_until_ = now;
  const auto time = std::chrono::duration<double>(now - beginning_).count();
  fmt::print("{}", rows_.row(time, ink, left, right));
  std::fflush(stdout);
}

void Stage::title(std::string_view text) { fmt::print("{}", rows_.heading(text, "network")); }
void Stage::note(std::string_view text) { fmt::print("{}\n", rows_.painted(Ink::faint, text)); }
void Stage::network(std::string_view text) { show(Ink::none, "", text); }

void Stage::heard() {
  const auto words = bench_.take();
  said_ += words;
  lines_.hear(words, [this](const std::string& line) { show(ink_of_module_line(line), "< " + line); });
}

void Stage::host(std::string_view line, std::string_view until) {
  show(Ink::host, fmt::format("> {}", line));
  said_.clear();
  bench_.send(line);
  if (!until.empty()) wait_for(until);
}

void Stage::data(ByteSpan bytes, std::string_view shown, std::string_view until) {
  show(Ink::host, fmt::format("> {}", shown));
  said_.clear();
  bench_.send_raw(bytes);
  if (!until.empty()) wait_for(until);
}

void Stage::wait_for(std::string_view text) {
  auto& timeline = bench_.timeline();
  const auto limit = timeline.now() + kPatience;
  heard();
  while (said_.find(text) == std::string::npos) {
    const auto next = timeline.next_deadline();
    if (!next || *next > limit) throw Unsaid{fmt::format("the module never said \"{}\"", escaped(text))};
    bench_.advance(*next - timeline.now());
    heard();
  }
  said_.erase(0, said_.find(text) + text.size());
}

void Stage::pass(Duration time) {
  bench_.advance(time);
  heard();
}

}  // namespace quasimodem::app
