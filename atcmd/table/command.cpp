// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/command.hpp"

#include <fmt/core.h>

namespace quasimodem::atcmd {

std::string test_response(const Command& command) {
  if (!command.test_text.empty()) return fmt::format("{}:{}", command.name, command.test_text);
  if (command.write.params.empty()) return {};
  return fmt::format("{}: {}", command.name, shown(command.write.params));
}

}  // namespace quasimodem::atcmd
