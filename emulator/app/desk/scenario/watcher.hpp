// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "emulator/app/base/text_finder.hpp"
#include "emulator/app/desk/scenario/observer.hpp"
#include "emulator/app/desk/scenario/steps.hpp"

namespace quasimodem::app::scenario {

/// Looks for one pattern in what happens from now on.
class Watcher {
 public:
  explicit Watcher(const Pattern& pattern);

  const Pattern& pattern() const { return pattern_; }
  /// How often this is what is looked for; bytes may hold it several times.
  int feed(const Happening& happening);

  /// What was of the same kind and not wanted: how much, and the last few of it.
  int others() const { return others_; }
  const std::deque<std::string>& last_others() const { return last_others_; }

 private:
  bool concerns(const Happening& happening) const;
  int matches(const Happening& happening);

  const Pattern& pattern_;
  std::optional<TextFinder> bytes_;
  int others_ = 0;
  std::deque<std::string> last_others_;
};

}  // namespace quasimodem::app::scenario
