// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "emulator/app/base/json.hpp"

namespace quasimodem::app {

/// What came of one file that was played.
struct PlayReport {
  /// Where the module did not say what is written.
  struct Difference {
    int line = 0;          ///< in the file; 0: before the first
    std::string what;      ///< in a few words
    std::string after;     ///< what the host had sent last
    std::string expected;  ///< bytes, as the next one
    std::string got;
    std::size_t parts_at = 0;  ///< the first byte that is not the same
  };
  /// What could not be done here, and why.
  struct Skipped {
    int line = 0;
    std::string step;
    std::string why;
  };

  std::string name;
  std::string kind;          ///< `transcript`, `trace`; `none`: it was not played
  std::size_t sent = 0;      ///< times that the host spoke
  std::size_t compared = 0;  ///< pieces of the module's output that were compared
  std::vector<Difference> differences;
  std::vector<Skipped> skipped;

  bool passed() const { return differences.empty(); }
  bool left_out() const { return kind == "none" && passed(); }
};

/// The place of the first byte that differs, or the shorter one's length.
std::size_t where_they_part(const std::string& expected, const std::string& got);

std::string play_report_text(const PlayReport& report);
Json play_report_json(const PlayReport& report);

}  // namespace quasimodem::app
