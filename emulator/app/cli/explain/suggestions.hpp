// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>

namespace quasimodem::app {

/// What may be meant by lines that cannot be explained. A search compares with every command, and whole logs come in:
/// in a log there is one only for what resembles a command, once for each name, and for so many names.
class Suggestions {
 public:
  static constexpr std::size_t kMostSearches = 100;

  /// Gives the suggestion for a name, empty when nothing is near.
  using Search = std::function<std::string(const std::string& name)>;

  explicit Suggestions(Search search) : search_{std::move(search)} {}

  /// A line that someone has typed.
  std::string for_text(const std::string& line) const;
  std::string for_log_line(const std::string& line);

 private:
  Search search_;
  std::map<std::string, std::string> found_;
};

}  // namespace quasimodem::app
