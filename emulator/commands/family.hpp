// SPDX-License-Identifier: Apache-2.0
#pragma once

// What every file of a family begins with: the language of the table, the call that a handler gets, and the words for
// what goes wrong. What a family needs of the device it includes itself.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "atcmd/table/command.hpp"
#include "emulator/commands/all.hpp"
#include "emulator/commands/call.hpp"
#include "emulator/commands/error_texts.hpp"

namespace quasimodem::commands {

using atcmd::Argument;
using atcmd::Command;
using atcmd::CommandCall;
using atcmd::Confidence;
using atcmd::Form;
using atcmd::IntakeOutcome;
using atcmd::Line;
using atcmd::Meaning;
using atcmd::Param;
using atcmd::Profile;
using atcmd::Reply;
using atcmd::ResultCode;
using atcmd::Selector;

/// A bad value is +CME ERROR: 3 unless an entry says otherwise (at-reference 1.8): in all families but TCP/IP and SSL,
/// and not with V.250's own commands.
template <std::size_t Count>
constexpr std::array<Command, Count> with_cme(std::array<Command, Count> commands) {
  for (auto& each : commands) {
    if (each.write && each.name.front() == '+' && !each.invalid_parameter)
      each.invalid_parameter = cme::kOperationNotAllowed;
  }
  return commands;
}

}  // namespace quasimodem::commands
