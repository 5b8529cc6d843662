// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "core/random.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::device {

/// Draws the delays of one module. Every kind has a sequence of its own that depends on the seed only: neither the
/// clock nor what else happens meanwhile changes the third QIACT of seed 7.
class Pace {
 public:
  Pace(Timing timing, std::uint64_t seed, Logger log);

  const Timing& timing() const { return timing_; }
  /// From the next delay on; the sequences go on where they are.
  void set_timing(Timing timing) { timing_ = std::move(timing); }
  /// The next one of this kind. Constant delays are not drawn and cost nothing.
  Duration next(Delay Timing::*kind);
  /// Until the spell comes the next time, from now or from the end of the last one; how long it then lasts.
  Duration until(Spell Timing::*kind);
  Duration length(Spell Timing::*kind);

  /// Stands between a delay and who waits for it; none: as drawn.
  std::function<Duration(Delay Timing::*kind, Duration drawn)> on_drawn;

 private:
  /// Uniform in (0, 1), from the sequence with this number.
  double uniform(std::size_t sequence);

  Timing timing_;
  Logger log_;
  std::vector<SeededRandom> sequences_;
};

}  // namespace quasimodem::device
