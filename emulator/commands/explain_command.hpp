// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "atcmd/table/command.hpp"
#include "emulator/commands/explain.hpp"

namespace quasimodem::commands {

/// Null when no module has it.
const atcmd::Command* find_command(std::string_view name);

/// What stands behind AT: each command of it.
std::vector<Explanation> explain_command_line(std::string_view body);

/// The values behind `+NAME: ` as an answer of the read form, which has the parameters of the write form; nothing when
/// they are something else.
std::vector<Explanation::Field> fields_of_response(const atcmd::Command& command, std::string_view values);

}  // namespace quasimodem::commands
