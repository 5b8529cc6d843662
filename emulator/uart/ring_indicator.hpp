// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/timeline.hpp"

namespace quasimodem::uart {

/// RI towards the TE (MANUAL: M95 and M85 hardware design, "Behaviors of the RI"): on while a call rings, a pulse for a
/// message or another URC. True means active; on the pin that is low.
class RingIndicator {
 public:
  explicit RingIndicator(Timeline& timeline) : pulse_{timeline} {}

  /// A call rings; `rings_no_more` when it is answered or ended.
  void ring() {
    pulse_.cancel();
    ringing_ = true;
  }
  void rings_no_more() { ringing_ = false; }
  /// Also ends the ringing signal: a message that comes meanwhile takes RI back, until the next RING.
  void pulse() {
    ringing_ = false;
    pulse_.start(kPulse, [] {});
  }
  void reset() {
    pulse_.cancel();
    ringing_ = false;
  }

  bool active() const { return ringing_ || pulse_.running(); }

 private:
  // ASSUMED: AT+QRIMODE leaves it alone; no source says what its modes 1 and 2 do to the pulse.
  static constexpr auto kPulse = 120ms;

  Timer pulse_;
  bool ringing_ = false;
};

}  // namespace quasimodem::uart
