// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/journal_ring.hpp"

namespace quasimodem::app {

/// `--trace FILE`: every record of the modules as a line of JSON, from the first one on. Written at once, so that it is
/// whole when something crashes.
class TraceFile {
 public:
  /// Throws Problem when the file cannot be written.
  explicit TraceFile(const std::filesystem::path& path);
  /// The same, but for a file that is there already a Problem too.
  static TraceFile new_file(const std::filesystem::path& path);
  static TraceFile standard_output();

  /// From now on, after what the journal has already.
  void follow(JournalRing& journal, const std::string& modem);
  /// Something could not be written: the disk is full, or nobody reads any more.
  bool failed() const { return std::ferror(file_.get()) != 0; }

 private:
  explicit TraceFile(std::shared_ptr<std::FILE> file) : file_{std::move(file)} {}

  std::shared_ptr<std::FILE> file_;
  std::vector<JournalRing::Subscription> subscriptions_;
};

}  // namespace quasimodem::app
