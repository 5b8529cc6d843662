// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quasimodem::workbench {

/// A dialogue on the UART, byte for byte, in the form of tests/transcripts/00_format.txt.
struct Transcript {
  struct Step {
    enum class Kind { host, module, wait, event };
    Kind kind;
    int line;          ///< in the file
    std::string text;  ///< escapes and placeholders still in it
  };

  std::string name;                ///< for messages: `<name>:<line>`
  std::vector<std::string> start;  ///< the phrases of `# start:`
  std::vector<Step> steps;

  /// Or what is wrong with the text, and where.
  static tl::expected<Transcript, std::string> parse(std::string_view name, std::string_view text);
};

/// Parts between commas and semicolons, those in parentheses not counted.
std::vector<std::string> phrases_of(std::string_view text);
/// Without blanks around it.
std::string trimmed(std::string_view text);

}  // namespace quasimodem::workbench
