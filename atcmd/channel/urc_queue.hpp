// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>

#include "atcmd/syntax/response_writer.hpp"

namespace quasimodem::atcmd {

/// One unsolicited result code: what it writes is decided when it is written, so that ATV counts then and pushed data
/// is fetched only when there is room for it.
using Urc = std::function<void(ResponseWriter&)>;

/// URCs in the order of their events, waiting until no command is in the way (M66 1.5).
class UrcQueue {
 public:
  // Far more than any host lets pile up; keeps a module that nobody reads bounded.
  static constexpr std::size_t kCapacity = 1000;

  void push(Urc urc) {
    if (queue_.size() == kCapacity) queue_.pop_front();
    queue_.push_back(std::move(urc));
  }
  bool empty() const { return queue_.empty(); }
  Urc pop() {
    auto urc = std::move(queue_.front());
    queue_.pop_front();
    return urc;
  }
  void clear() { queue_.clear(); }

 private:
  std::deque<Urc> queue_;
};

}  // namespace quasimodem::atcmd
