// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/bytes.hpp"
#include "core/time.hpp"

namespace quasimodem::emulator {

/// Finds PEM blocks in a stream.
class PemFinder {
 public:
  void look_at(char c);
  /// After BEGIN and before END.
  bool inside() const { return inside_; }

 private:
  std::string tail_;  ///< the end of the stream, as far as it may begin one of the two marks
  bool inside_ = false;
};

/// Tells which bytes from the TE may be a certificate or a key, so that the journal leaves them out.
///
/// It looks at the bytes alone, not at what the module makes of them: a host that sends its key although the upload was
/// refused, cut short by a power failure or announced too small gives nothing away. After a command line that announces
/// an upload everything is withheld until a line begins with `AT`: at once, once the announced size has come, or after
/// a silence. Within a PEM block only a silence counts.
class PayloadGuard {
 public:
  /// Shorter than the guard time of `+++`, longer than a gap within a file on any line that works.
  static constexpr Duration kSilence = 400ms;

  /// Reads on. `take` is called with `shown(ByteSpan)` and `withheld(count)` in the order of the bytes; two or three
  /// bytes may be kept back until it is clear what they are.
  template <class Shown, class Withheld>
  void feed(ByteSpan bytes, Instant now, char terminator, const Shown& shown, const Withheld& withheld) {
    if (now - last_ >= kSilence) silence();
    last_ = now;
    std::string run;
    const auto end_run = [&] {
      if (!run.empty()) shown(as_bytes(std::exchange(run, {})));
    };
    std::size_t hidden = 0;
    const auto end_hidden = [&] {
      if (hidden > 0) withheld(std::exchange(hidden, 0));
    };
    for (const auto byte : bytes) {
      const auto c = static_cast<char>(byte);
      if (!locked_) {
        end_hidden();
        run += c;
        look_at(c, terminator);
        continue;
      }
      const auto step = guard(c);
      if (step.withheld > 0) end_run();
      hidden += step.withheld;
      if (!step.shown.empty()) end_hidden();
      run += step.shown;
    }
    end_run();
    end_hidden();
  }

  /// Between the announcement and the end of a payload, as far as anybody can tell.
  bool locked() const { return locked_; }
  /// More came than was announced.
  bool overrun() const { return locked_ && seen_ > announced_; }

 private:
  struct Step {
    std::string shown;
    std::size_t withheld = 0;
  };

  void look_at(char c, char terminator);
  void read_line(char c, char terminator);
  Step guard(char c);
  bool opens(std::string_view beginning) const;
  bool in_the_middle() const;
  void lock(std::size_t announced);
  void silence();

  static constexpr std::size_t kLongestLine = 600;

  std::string line_;       ///< of commands, while nothing is withheld
  std::string last_line_;  ///< for A/
  bool locked_ = false;
  bool quiet_before_ = false;
  bool line_start_ = false;
  PemFinder pem_;
  std::size_t announced_ = 0;
  std::size_t seen_ = 0;   ///< of the payload
  std::string kept_back_;  ///< may be the `AT` of a command
  Instant last_{};
};

}  // namespace quasimodem::emulator
