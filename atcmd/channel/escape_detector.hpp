// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/bytes.hpp"
#include "core/timeline.hpp"

namespace quasimodem::atcmd {

/// Finds `+++` between two silences in a byte stream (M66 7.4). The three bytes are withheld until it is clear what
/// they are; everything else passes at once.
class EscapeDetector {
 public:
  struct Rule {
    Duration guard_time = 500ms;  ///< silence before and after
    Duration longest_gap = 1s;    ///< between two plus signs
  };
  using OnData = std::function<void(ByteSpan)>;
  using OnEscape = std::function<void()>;

  explicit EscapeDetector(Timeline& timeline) : timeline_{timeline}, silence_{timeline} {}

  /// Begins to watch. The silence before counts from here.
  void start(Rule rule, OnData on_data, OnEscape on_escape);
  void stop();

  void feed(ByteSpan data);
  std::size_t withheld() const { return plus_signs_; }
  /// Whatever is withheld turned out to be data.
  void release();

 private:
  bool extends_escape(std::uint8_t byte) const;
  void silence_over();

  Timeline& timeline_;
  Timer silence_;
  Rule rule_;
  OnData on_data_;
  OnEscape on_escape_;
  Instant last_byte_{};
  std::size_t plus_signs_ = 0;
};

}  // namespace quasimodem::atcmd
