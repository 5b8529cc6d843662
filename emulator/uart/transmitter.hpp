// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>

#include "core/bytes.hpp"
#include "core/timeline.hpp"

namespace quasimodem::uart {

/// How fast bytes go over the line.
struct Speed {
  int baud = 0;          ///< as AT+IPR has it; 0 while the module takes the TE's
  Duration character{};  ///< of one byte, start and stop bits included; zero: all at once

  bool operator==(const Speed&) const = default;
};

/// The module's end of the wire to the TE. Bytes leave only when somebody takes them, one burst at a time: a UART has
/// no memory of lost time, so after a stall it does not catch up. Until they are taken, flow control stops them.
class Transmitter {
 public:
  explicit Transmitter(Timeline& timeline) : timeline_{timeline}, wake_{timeline} {}

  /// These go out at this speed, after those before them, whatever comes later.
  void push(ByteSpan bytes, Speed speed);
  std::size_t size() const { return size_; }
  /// While held nothing leaves; what was pushed waits.
  void hold(bool held);
  /// From now on no byte takes time, also of those that wait.
  void hurry();

  /// `take` has something.
  bool due() const { return !held_ && !parts_.empty() && due_ <= timeline_.now(); }
  /// What has left by now. To be called whenever the Timeline has moved; how late does not change how much comes.
  Bytes take();
  /// Of the byte that leaves next; none when none waits.
  const Speed* speed() const { return parts_.empty() ? nullptr : &parts_.front().speed; }

 private:
  struct Part {
    Speed speed;
    Bytes bytes;
  };

  void begin(Instant from);

  Timeline& timeline_;
  Timer wake_;  ///< does nothing; whoever takes the bytes looks again when the Timeline has run it
  std::deque<Part> parts_;
  std::size_t size_ = 0;
  std::size_t burst_ = 0;  ///< bytes that leave together
  Instant due_{};          ///< when they do
  bool held_ = false;
};

}  // namespace quasimodem::uart
