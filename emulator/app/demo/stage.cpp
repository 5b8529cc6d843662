// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/demo/stage.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

constexpr std::size_t kLeftColumn = 50;
constexpr auto kPatience = 5min;      // of the module's time
constexpr auto kShortestLook = 60ms;  // so that one can read along
constexpr auto kLongestLook = 1500ms;

workbench::Workbench::Options module_with(const device::Timing& timing) {
  workbench::Workbench::Options options;
  options.configuration.timing = timing;
  return options;
}

}  // namespace

Stage::Stage(Coloring coloring, Pace pace, const device::Timing& timing)
    : coloring_{coloring}, pace_{pace}, bench_{module_with(timing)} {
  bench_.network().set_latency(timing.round_trip.median / 2);
  bench_.advance(1s);  // the answers of what brought it here
  bench_.take();
  beginning_ = shown_until_ = bench_.timeline().now();
}

std::string Stage::painted(Ink ink, std::string_view text) const {
  constexpr std::string_view kCodes[] = {"0", "1;36", "32", "1;31", "33", "2"};
  if (coloring_ == Coloring::plain || ink == Ink::none || text.empty()) return std::string{text};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(ink)], text);
}

void Stage::show(Ink ink, std::string_view left, std::string_view right) {
  const auto now = bench_.timeline().now();
  if (pace_ == Pace::live) {
    std::this_thread::sleep_for(std::clamp<Duration>(now - shown_until_, kShortestLook, kLongestLook));
  }
  shown_until_ = now;
  const auto time = std::chrono::duration<double>(now - beginning_).count();
  const auto padding = right.empty() ? 0 : std::max(left.size(), kLeftColumn) - left.size() + 2;
  fmt::print("{}  {}{:{}}{}\n", painted(Ink::faint, fmt::format("{:8.3f}", time)), painted(ink, left), "", padding,
             painted(Ink::network, right));
  std::fflush(stdout);
}

void Stage::title(std::string_view text) {
  fmt::print("  {}\n\n  {:>6}  {:<{}}  {}\n", painted(Ink::host, text), painted(Ink::faint, "     s"),
             "> host   < module", kLeftColumn, "network");
}

void Stage::note(std::string_view text) { fmt::print("{}\n", painted(Ink::faint, text)); }
void Stage::network(std::string_view text) { show(Ink::none, "", text); }

void Stage::show_line(const std::string& line) {
  if (line.empty()) return;
  const bool bad = line == "ERROR" || line.starts_with("+CME ERROR") || line == "+PDP DEACT" || line.ends_with(",-1");
  show(bad ? Ink::error : Ink::module, "< " + line);
}

/// Shows the lines that are complete; a prompt is one without an end.
void Stage::heard() {
  const auto words = bench_.take();
  said_ += words;
  pending_ += words;
  for (auto end = pending_.find('\n'); end != std::string::npos; end = pending_.find('\n')) {
    auto line = pending_.substr(0, end);
    pending_.erase(0, end + 1);
    line.erase(std::remove(line.begin(), line.end(), '\r'), line.end());
    show_line(line);
  }
  if (pending_ == "> ") show_line(std::exchange(pending_, {}).substr(0, 1));
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
    if (!next || *next > limit) throw std::runtime_error{fmt::format("the module never said \"{}\"", escaped(text))};
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
