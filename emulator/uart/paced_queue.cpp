// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/paced_queue.hpp"

#include <algorithm>
#include <utility>

namespace quasimodem::uart {
void PacedQueue::push(ByteSpan bytes) {
  if (bytes.empty()) return;
  if (!held_ && character_time_ == Duration::zero() && queue_.empty()) return release_(bytes);
  append(queue_, bytes);
  if (!held_ && !timer_.running()) schedule();
}

void PacedQueue::schedule() {
  const auto per_burst = character_time_ == Duration::zero()
                             ? queue_.size()
                             : std::max<std::size_t>(1, static_cast<std::size_t>(kBurst / character_time_));
  const auto count = std::min(queue_.size(), per_burst);
  timer_.start(character_time_ * static_cast<Duration::rep>(count), [this, count] {
    const SecretBytes burst{queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count)};
    drop_front(queue_, count);
    if (!queue_.empty()) schedule();
    release_(burst);
  });
}

void PacedQueue::hold(bool held) {
  if (std::exchange(held_, held) == held) return;
  if (held) {
    timer_.cancel();
  } else if (!queue_.empty()) {
    schedule();
  }
}

void PacedQueue::clear() {
  timer_.cancel();
  drop_front(queue_, queue_.size());
}

}  // namespace quasimodem::uart
