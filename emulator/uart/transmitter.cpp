// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/transmitter.hpp"

#include <algorithm>
#include <utility>

#include "emulator/uart/paced_queue.hpp"

namespace quasimodem::uart {
void Transmitter::push(ByteSpan bytes, Speed speed) {
  if (bytes.empty()) return;
  const bool idle = parts_.empty();
  if (idle || parts_.back().speed != speed) parts_.push_back({speed, {}});
  append(parts_.back().bytes, bytes);
  size_ += bytes.size();
  if (idle) begin(timeline_.now());
}

/// The next burst takes its time from then on. Who looks by less than a character too late has lost no time.
void Transmitter::begin(Instant from) {
  wake_.cancel();
  if (held_ || parts_.empty()) return;
  const auto& [speed, bytes] = parts_.front();
  const auto now = timeline_.now();
  if (speed.character == Duration::zero()) {
    burst_ = bytes.size();
    due_ = now;
    return;
  }
  if (now - from >= speed.character) from = now;
  burst_ = std::clamp<std::size_t>(static_cast<std::size_t>(kBurst / speed.character), 1, bytes.size());
  due_ = from + speed.character * static_cast<Duration::rep>(burst_);
  wake_.start(due_ - now, [] {});
}

Bytes Transmitter::take() {
  Bytes left;
  while (due()) {
    auto& bytes = parts_.front().bytes;
    const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(burst_);
    left.insert(left.end(), bytes.begin(), end);
    bytes.erase(bytes.begin(), end);
    size_ -= burst_;
    if (bytes.empty()) parts_.pop_front();
    begin(due_);
  }
  return left;
}

void Transmitter::hold(bool held) {
  if (std::exchange(held_, held) == held) return;
  begin(timeline_.now());
}

void Transmitter::hurry() {
  for (auto& part : parts_) part.speed.character = {};
  begin(timeline_.now());
}

}  // namespace quasimodem::uart
