// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/module.hpp"
#include "tests/bench/process.hpp"

namespace quasimodem::bench {

/// A module in a process that can be asked for its heap: a page counts as resident after its content was freed, so the
/// difference of two RSS tells little.
class AskedModule {
 public:
  explicit AskedModule(std::vector<std::string> options = {});

  Host& host() { return *host_; }
  /// Octets that are allocated now.
  double heap();

 private:
  void live();

  std::string device_;
  std::vector<std::string> options_;
  Pipe questions_;
  Pipe answers_;
  Child process_;
  std::optional<Host> host_;
};

}  // namespace quasimodem::bench
