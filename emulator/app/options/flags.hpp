// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/app/options/settings.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
class Option;
}  // namespace CLI

namespace quasimodem::app {

/// The options of `run` as flags of a command line.
class Flags {
 public:
  /// Declares all but those that are named in `without`. `app` must not be used after this is gone.
  explicit Flags(CLI::App& app, const std::vector<std::string_view>& without = {});
  /// After the arguments were read: what they said.
  void add_to(Settings& settings) const;

 private:
  struct Flag {
    const Option* option;
    CLI::Option* declared = nullptr;
    std::vector<std::string> texts{};
    std::string text{};
    std::int64_t times = 0;
  };
  void declare(CLI::App& app, Flag& flag);

  std::list<Flag> flags_;  ///< CLI11 keeps pointers into it
};

}  // namespace quasimodem::app
