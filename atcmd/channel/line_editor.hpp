// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "atcmd/syntax/dialogue.hpp"

namespace quasimodem::atcmd {

/// Collects one command line from the TE: backspace, length limit, what is noise and what is a command.
class LineEditor {
 public:
  static constexpr std::size_t kLongestLine = 256;  // M66 1.2.1

  enum class Event {
    none,
    noise,     ///< a line that does not begin with AT: dropped without an answer
    command,   ///< `take_body()` has what follows AT
    repeat,    ///< `A/`, which needs no terminator
    too_long,  ///< nothing of it is carried out, ERROR
  };

  explicit LineEditor(const Dialogue& dialogue) : dialogue_{dialogue} {}

  Event push(std::uint8_t byte);
  std::string take_body();
  /// Nothing that looks like the beginning of a command has been typed: a URC may be written.
  bool idle() const { return line_.empty(); }
  void clear();

 private:
  Event finish();
  bool begins_with_prefix() const;

  const Dialogue& dialogue_;
  std::string line_;
  bool too_long_ = false;
};

}  // namespace quasimodem::atcmd
