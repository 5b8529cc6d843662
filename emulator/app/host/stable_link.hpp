// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace quasimodem::app {

/// A symbolic link with a name that the user chose, pointing to a device whose name the kernel chose. Made atomically,
/// removed by the destructor. A link that a dead module left is replaced; one of a running module is refused, with its
/// process id, and so is anything that is not a link to a pty.
class StableLink {
 public:
  /// Throws Problem.
  StableLink(const std::filesystem::path& link, const std::filesystem::path& device);
  ~StableLink();
  StableLink(const StableLink&) = delete;
  StableLink& operator=(const StableLink&) = delete;

  /// Absolute.
  const std::filesystem::path& path() const { return link_; }

 private:
  void claim();
  void check_what_is_there() const;

  std::filesystem::path link_;
  std::filesystem::path device_;
  int claim_ = -1;
};

}  // namespace quasimodem::app
