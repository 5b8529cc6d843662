// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/escape_detector.hpp"

#include <utility>

namespace quasimodem::atcmd {
namespace {

constexpr std::string_view kEscape = "+++";

}  // namespace

void EscapeDetector::start(Rule rule, OnData on_data, OnEscape on_escape) {
  stop();
  rule_ = rule;
  on_data_ = std::move(on_data);
  on_escape_ = std::move(on_escape);
  last_byte_ = timeline_.now();
}

void EscapeDetector::stop() {
  silence_.cancel();
  plus_signs_ = 0;
}

bool EscapeDetector::extends_escape(std::uint8_t byte) const {
  if (byte != '+') return false;
  const auto pause = timeline_.now() - last_byte_;
  if (plus_signs_ == 0) return pause >= rule_.guard_time;
  return plus_signs_ < kEscape.size() && pause <= rule_.longest_gap;
}

void EscapeDetector::feed(ByteSpan data) {
  std::size_t i = 0;
  while (i < data.size() && extends_escape(data[i])) {
    ++plus_signs_;
    ++i;
    last_byte_ = timeline_.now();
    silence_.start(rule_.guard_time, [this] { silence_over(); });
  }
  if (i == data.size()) return;
  // Only the first bytes of a burst can begin an escape sequence: no silence lies before the others.
  release();
  last_byte_ = timeline_.now();
  on_data_(data.subspan(i));
}

void EscapeDetector::release() {
  silence_.cancel();
  if (const auto count = std::exchange(plus_signs_, 0)) on_data_(as_bytes(kEscape.substr(0, count)));
}

void EscapeDetector::silence_over() {
  if (plus_signs_ < kEscape.size()) return release();
  plus_signs_ = 0;
  // A copy: it may start the next watch, which puts another one in its place.
  const auto on_escape = on_escape_;
  on_escape();
}

}  // namespace quasimodem::atcmd
