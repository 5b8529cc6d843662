// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/backlog.hpp"

#include <algorithm>

namespace quasimodem::app {
namespace {

constexpr std::size_t kLimit = 65536;

}  // namespace

/// The module writes in portions of any size, and only between two of them does it see that a TE is stuck: a portion is
/// taken as a whole.
void Backlog::push(ByteSpan bytes) {
  if (waiting().size() < kLimit) return append(bytes_, bytes);
  if (lost_ == 0) log_.warning("the TE does not read; what the module writes from here on is lost for this one");
  lost_ += bytes.size();
}

void Backlog::limit(std::size_t size) { bytes_.resize(std::min(bytes_.size(), gone_ + size)); }

void Backlog::pop(std::size_t count) {
  gone_ += count;
  if (empty()) {
    if (lost_ > 0) log_.warning("the TE reads again; {} bytes were lost for it", lost_);
    clear();
  } else if (gone_ >= bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(gone_));
    gone_ = 0;
  }
}

void Backlog::clear() {
  bytes_.clear();
  gone_ = 0;
  lost_ = 0;
}

}  // namespace quasimodem::app
