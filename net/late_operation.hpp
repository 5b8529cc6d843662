// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

/// An operation whose answer only takes its time, or never comes.
class LateOperation final : public Operation {
 public:
  explicit LateOperation(Timeline& timeline) : timer_{timeline} {}

  void answer_after(Duration delay, Timeline::Action answer) { timer_.start(delay, std::move(answer)); }

 private:
  Timer timer_;
};

}  // namespace quasimodem::net
