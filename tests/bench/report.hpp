// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quasimodem::bench {

/// One line of the table.
struct Line {
  std::string what;
  std::string measured;
  std::string yardstick{};        ///< what was measured beside it in the same run; empty: nothing
  std::optional<double> ratio{};  ///< measured : yardstick
  std::string target{};           ///< empty: for information
  bool met = true;
};

/// The table, printed line by line as the numbers come.
class Report {
 public:
  void heading(std::string_view text);
  void add(const Line& line);
  /// What could not be measured, and why.
  void failed(std::string_view what, std::string_view why);
  void summary() const;

 private:
  int targets_ = 0;
  int missed_ = 0;
  int failed_ = 0;
};

/// Words for a target and whether it is met.
struct Verdict {
  std::string target;
  bool met;
};
Verdict at_most(double limit, double value, std::string_view unit);
Verdict at_least(double limit, double value, std::string_view unit);

Line line(std::string what, std::string measured, std::string yardstick = {}, std::optional<double> ratio = {});
Line line(std::string what, std::string measured, std::string yardstick, std::optional<double> ratio, Verdict verdict);

}  // namespace quasimodem::bench
