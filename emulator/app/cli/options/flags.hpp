// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/config/settings.hpp"

namespace quasimodem::app {

class CommandLine;

/// The options of `run` as flags of a command line.
class Flags {
 public:
  /// Declares all but those that are named in `without`. `line` must not be read after this is gone.
  explicit Flags(CommandLine& line, const std::vector<std::string_view>& without = {});
  /// After that line was read: what it said.
  Settings settings(const CommandLine& line) const;

 private:
  struct Flag {
    const Option* option;
    std::vector<std::string> texts{};  ///< one, unless it is a list
    std::int64_t times = 0;
  };
  static void declare(CommandLine& line, Flag& flag);

  std::list<Flag> flags_;  ///< a CommandLine keeps pointers into it
};

}  // namespace quasimodem::app
