// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/workbench/pattern.hpp"
#include "emulator/workbench/player.hpp"

namespace quasimodem::app {

/// What may differ from one module, place and time to another: it is made equal before lines are compared.
class Mask {
 public:
  /// One of `names()`. False when there is none of this name.
  bool add(std::string_view name);
  /// Anything that a regular expression (of Perl) finds. False when it is none.
  bool add_expression(const std::string& expression);

  static std::vector<std::string> names();
  /// For the help.
  static std::string table();

  bool empty() const { return rules_.empty(); }
  /// Throws Problem when an expression takes out of all proportion to match.
  std::string applied(std::string line) const;

 private:
  struct Rule {
    workbench::Pattern pattern;
    std::string expression;  ///< as it was given
    std::string shown;
  };
  std::vector<Rule> rules_;
};

/// Line by line; lines that are the same behind the mask are the same.
workbench::Fit fit(const std::string& expected, const std::string& output, const Mask& mask);

}  // namespace quasimodem::app
