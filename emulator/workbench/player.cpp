// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/player.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::workbench {
namespace {

// A module that talks without end must not keep us for ever, nor fill the memory.
constexpr std::size_t kMostOutput = 1 << 20;

std::string place(const std::string& name, int line) { return line ? fmt::format("{}:{}", name, line) : name; }

}  // namespace

std::size_t Difference::parts_at() const {
  const auto end = expected.begin() + static_cast<std::ptrdiff_t>(std::min(expected.size(), got.size()));
  return static_cast<std::size_t>(std::mismatch(expected.begin(), end, got.begin()).first - expected.begin());
}

std::string Difference::text(const std::string& name) const {
  auto text = fmt::format("{}: {}\n", place(name, line), what);
  if (!after.empty()) text += fmt::format("  after     {}\n", escaped(after));
  if (expected.empty() && got.empty()) return text;
  text += fmt::format("  expected  {}\n", escaped(expected));
  text += fmt::format("  got       {}\n", escaped(got));
  // Under the byte where they part, which stands at the same place in both lines.
  const auto common = escaped(expected.substr(0, parts_at()));
  return text + fmt::format("            {}^ byte {}\n", std::string(common.size(), ' '), parts_at());
}

std::string PlayReport::text() const {
  if (left_out()) return fmt::format("skip  {}: {}\n", name, skipped.front().why);
  auto text = fmt::format("{}  {}\n", passed() ? "pass" : "FAIL", name);
  for (const auto& difference : differences) text += difference.text(name);
  for (const auto& each : skipped) {
    text += fmt::format("{}: skipped: {}: {}\n", place(name, each.line), each.step, each.why);
  }
  return text;
}

void Player::speak(const std::string& text) {
  last_said_ = text;
  ++report_.sent;
  line_.write(as_bytes(text));
}

std::string_view Player::listen(Duration patience) {
  const auto more = line_.read(patience);
  output_ += as_text(more);
  return std::string_view{output_}.substr(output_.size() - more.size());
}

void Player::listen_until(Duration end) {
  while (line_.now() < end && output_.size() < kMostOutput) listen(end - line_.now());
}

std::string Player::rest_of_output() {
  while (output_.size() < kMostOutput && !listen(kQuiet).empty()) {
  }
  return std::exchange(output_, {});
}

void Player::differ(int line, std::string what, const std::string& expected) {
  lost_ = true;
  report_.differences.push_back(
      {.line = line, .what = std::move(what), .after = last_said_, .expected = expected, .got = rest_of_output()});
}

}  // namespace quasimodem::workbench
