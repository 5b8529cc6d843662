// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::workbench {

/// A regular expression of Perl, as Boost.Regex has it; `.` stands for no end of a line, `^` and `$` are the ends of
/// the text. Boost.Regex stays in pattern.cpp: each file that sees such a library takes seconds longer to compile.
class Pattern {
 public:
  enum class Case { counts, ignored };

  struct Match {
    std::size_t at = 0;               ///< where it begins in the text
    std::vector<std::string> groups;  ///< the whole of it, then each group; empty for one that took no part

    const std::string& operator[](std::size_t group) const { return groups[group]; }
    std::size_t end() const { return at + groups[0].size(); }
  };

  /// A match that takes out of all proportion, as with (a+)+b.
  struct TooComplex : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  /// Throws std::invalid_argument, which says what is wrong with it.
  explicit Pattern(const std::string& expression, Case letters = Case::counts);

  // All of these throw TooComplex.
  /// The first one in the text.
  std::optional<Match> find(std::string_view text) const;
  /// The text, when all of it matches.
  std::optional<Match> whole(std::string_view text) const;
  /// The text with `by`, as it stands, in the place of each one.
  std::string replaced(std::string_view text, std::string_view by) const;

 private:
  struct Expression;
  std::shared_ptr<const Expression> expression_;
};

}  // namespace quasimodem::workbench
