// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/app/base/color.hpp"

namespace quasimodem::app {

/// The colour of a text: whose words they are, or what they are about.
enum class Ink { none, host, module, error, network, faint, fault };

/// The colour of a line of the module: results and URCs that say that something failed stand out.
Ink ink_of_module_line(std::string_view line);

/// Rows with a time, what a host and a module say to each other on the left, and what happens around them on the right.
class Rows {
 public:
  /// Columns of the terminal, asked for each row, because it may change; 0: as many as a row needs.
  using Width = std::function<std::size_t()>;

  explicit Rows(Coloring coloring, Width width = {}) : coloring_{coloring}, width_{std::move(width)} {}

  /// What stands above all rows; `right` is the name of the right column.
  std::string heading(std::string_view title, std::string_view right) const;

  /// One row with its line end; `seconds` are shown in milliseconds. What is too wide is cut on the left, where one
  /// line is one row, and goes on below on the right.
  std::string row(double seconds, Ink ink, std::string_view left, std::string_view right = {},
                  Ink right_ink = Ink::network) const;

  std::string painted(Ink ink, std::string_view text) const;

 private:
  Coloring coloring_;
  Width width_;
};

/// Cuts what one side says into lines. CR or LF ends them, empty ones are left out; a prompt has no end.
class SaidLines {
 public:
  using Show = std::function<void(const std::string& line)>;

  void hear(std::string_view words, const Show& show);
  /// The line that has begun; empty between lines.
  const std::string& begun() const { return begun_; }
  /// Shows that as it is: it goes on no more.
  void finish(const Show& show);

 private:
  std::string begun_;
};

}  // namespace quasimodem::app
