// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace quasimodem::app {

/// A descriptor that perhaps nobody reads: writing to it never waits longer than it is told.
class ImpatientOutput {
 public:
  /// `descriptor` outlives this.
  explicit ImpatientOutput(int descriptor);
  ~ImpatientOutput();
  ImpatientOutput(const ImpatientOutput&) = delete;
  ImpatientOutput& operator=(const ImpatientOutput&) = delete;

  /// True when `text` is on its way: what is taken in part goes on with the next call. False when nothing of it is.
  bool write(std::string_view text, std::chrono::milliseconds patience = {});

 private:
  using Clock = std::chrono::steady_clock;

  /// How many bytes went out before `end`.
  std::size_t push(std::string_view text, Clock::time_point end) const;
  bool wait_for_room(Clock::time_point end) const;

  int descriptor_;
  int own_ = -1;        ///< the same pipe or terminal, opened anew so that others do not find it non-blocking
  std::string rest_{};  ///< of the text before
};

/// Standard error of this process.
ImpatientOutput& stderr_output();

/// A text that should not be lost: waits a second for a reader.
void print_to_stderr(std::string_view text);

}  // namespace quasimodem::app
