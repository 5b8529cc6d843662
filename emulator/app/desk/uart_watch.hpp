// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/journal_ring.hpp"
#include "core/time.hpp"
#include "emulator/app/base/text_finder.hpp"

namespace quasimodem::app {

/// When the program ends by itself: the UART shows a text in either direction, or time is up.
struct Expectations {
  std::vector<std::string> expect;  ///< any of them: 0
  std::vector<std::string> fail;    ///< any of them: 1
  std::optional<Duration> timeout;  ///< of the host's time: 124
};

/// Looks for texts in what goes over the UART, each direction for itself, across records.
class UartWatch {
 public:
  enum class Seen { expected, failure };
  using Found = std::function<void(Seen seen, const std::string& text)>;

  /// `found` is called once, in the middle of the module's work.
  UartWatch(Expectations expectations, JournalRing& journal, Found found);

  /// There is a text that has to come and did not.
  bool waits() const { return !done_ && !expectations_.expect.empty(); }
  /// What did not come, and what the host sent last.
  std::string unmet() const;

 private:
  /// One text in one direction.
  struct Search {
    Seen seen;
    TextFinder finder;
  };

  void look_at(const Record& record);

  Expectations expectations_;
  Found found_;
  std::vector<Search> from_host_;  ///< failures first
  std::vector<Search> from_module_;
  std::string last_from_host_;
  bool done_ = false;
  JournalRing::Subscription subscription_;
};

}  // namespace quasimodem::app
