// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>
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
  /// Throws Problem when the file cannot be written. When that fails later, `failed` is told why, and the file ends.
  TraceFile(const std::filesystem::path& path, std::function<void(const std::string& why)> failed);
  /// The same, but for a file that is there already a Problem too.
  static TraceFile new_file(const std::filesystem::path& path);
  static TraceFile standard_output();

  /// From now on, after what the journal has already.
  void follow(JournalRing& journal, const std::string& modem);
  /// Something could not be written: the disk is full, or nobody reads any more.
  bool failed() const { return *failed_; }

 private:
  explicit TraceFile(std::shared_ptr<std::FILE> file) : file_{std::move(file)} {}

  std::shared_ptr<std::FILE> file_;
  std::shared_ptr<bool> failed_ = std::make_shared<bool>(false);
  std::function<void(const std::string& why)> on_failure_;
  std::vector<JournalRing::Subscription> subscriptions_;
};

}  // namespace quasimodem::app
