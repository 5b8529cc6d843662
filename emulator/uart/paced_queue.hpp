// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/bytes.hpp"
#include "core/secret_bytes.hpp"
#include "core/timeline.hpp"

namespace quasimodem::uart {

/// Bytes travel in bursts of about this length: short enough that no reader sees a gap, long enough that a full line at
/// 115200 baud wakes the host 500 times a second and not 11520 times.
constexpr Duration kBurst = 2ms;

/// One direction of a serial line: bytes come out as slowly as the line carries them.
class PacedQueue {
 public:
  using Release = std::function<void(ByteSpan)>;

  PacedQueue(Timeline& timeline, Release release) : timer_{timeline}, release_{std::move(release)} {}

  /// Time of one character, start and stop bits included; zero passes everything at once.
  void set_character_time(Duration time) { character_time_ = time; }
  void push(ByteSpan bytes);
  std::size_t size() const { return queue_.size(); }
  void clear();
  /// While held nothing comes out; what was pushed waits.
  void hold(bool held);

 private:
  void schedule();

  Timer timer_;
  Release release_;
  Duration character_time_{};
  SecretBytes queue_;
  bool held_ = false;
};

}  // namespace quasimodem::uart
