// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/bytes.hpp"
#include "core/timeline.hpp"
#include "emulator/uart/dce.hpp"
#include "emulator/uart/paced_queue.hpp"
#include "emulator/uart/transmitter.hpp"

namespace quasimodem::uart {

enum class Pacing { off, on };

/// The serial line between the TE's port and the module: what one side writes, the other gets at the baud rate. Who
/// moves it calls `pump` and `take` whenever the Timeline has moved.
class UartLine {
 public:
  UartLine(Timeline& timeline, Dce& module, Pacing pacing);

  /// Bytes as the port read them; flow control acts at once. `wants_input` tells when to stop reading.
  void from_te(ByteSpan bytes);
  bool wants_input() const;
  /// Takes back what has not reached the module yet.
  void purge_input() { inward_.clear(); }
  /// Nothing is on the line.
  bool quiet() const {
    return inward_.size() == 0 && outward_.size() == 0 && urgent_.empty() && !module_.pause_is_due();
  }

  /// Moves the module's output onto the line; false when nothing moved.
  bool pump();
  /// `take` has something.
  bool due() const { return !urgent_.empty() || outward_.due(); }
  /// `take` has something that an XOFF of the TE, or its RTS, would stop.
  bool may_be_stopped() const { return due() && module_.heeds_te(); }
  /// What has arrived at the TE's end. Where it may be stopped, what has come from the TE by now goes before it: give
  /// it to `from_te` first.
  /// When it is written, catch up with the time and `pump` again: a pause behind it begins there.
  Bytes take();
  /// Not ready: the port is stuck. What is on the line stays there, the module may keep its output.
  void set_port_ready(bool ready) { port_ready_ = ready; }
  /// Whether a TE is there. To one that comes later all that was said before is one.
  void set_attended(bool attended) { attended_ = attended; }
  /// AT+IPR as it counts at the TE's end: the old rate until the OK that confirms the new one has left.
  int baud() const;

  /// Off: what is on its way arrives at once.
  void set_pacing(Pacing pacing);
  Pacing pacing() const { return pacing_; }
  /// The TE's own baud rate, which the module follows while AT+IPR is 0.
  void set_terminal_rate(int baud) { terminal_rate_ = baud; }

 private:
  void deliver(ByteSpan bytes);
  void obey();
  bool must_pause();
  Speed speed() const;

  Timeline& timeline_;
  Dce& module_;
  Pacing pacing_;
  PacedQueue inward_;
  Transmitter outward_;
  Bytes urgent_;
  bool has_left_ = false;  ///< bytes that `take` gave, at a time that the next `pump` knows
  std::optional<Instant> last_arrival_;
  Timer pause_;  ///< does nothing; whoever moves the bytes looks again when the Timeline has run it
  Duration character_time_{};
  int terminal_rate_ = 115200;
  bool port_ready_ = true;
  bool attended_ = true;
};

}  // namespace quasimodem::uart
