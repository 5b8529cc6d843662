// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/journal_ring.hpp"
#include "emulator/app/run_options.hpp"

namespace quasimodem::app {

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
  void look_at(const Record& record);
  void search(std::string& window);

  Expectations expectations_;
  Found found_;
  std::size_t longest_ = 0;
  std::string from_host_;
  std::string from_module_;
  std::string last_from_host_;
  bool done_ = false;
  JournalRing::Subscription subscription_;
};

}  // namespace quasimodem::app
