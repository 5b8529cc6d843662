// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::app {

/// The lines of a text, for messages that show what they are about.
class Excerpts {
 public:
  explicit Excerpts(std::string_view text);

  /// The line with a caret under each of `width` characters from `column` on, below its section's line. Lines and
  /// columns count from 1; width 0 goes to the end of the line, section 0 is none.
  std::string of(std::size_t section, std::size_t line, std::size_t column, std::size_t width) const;

 private:
  std::string at(std::size_t line) const;

  std::vector<std::string> lines_;
};

}  // namespace quasimodem::app
