// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem::app::scenario {

/// True when `*` in `pattern` can stand for something that makes it `text`.
bool like(std::string_view pattern, std::string_view text);

/// A command for comparing: in upper case and without blanks, except between quotes.
std::string plain_command(std::string_view typed);

/// The commands of a line, `AT+CMEE=1` and `AT+CSQ` of `AT+CMEE=1;+CSQ`, each as it was typed; `body` is the line
/// without AT.
std::vector<std::string> commands_of(const std::string& body);

/// `AT+CREG` means every form of it; with parameters, `?` or `*` in it the whole command must be like it. An empty
/// pattern means every command.
bool means(std::string_view pattern, std::string_view command);

/// The command that is most likely meant by `pattern`, of those that were sent, the latest first.
std::optional<std::string> nearest_command(std::string_view pattern, std::span<const std::string> sent);
/// What parts them, in words: `differs in the command name`.
std::string difference(std::string_view pattern, std::string_view command);

}  // namespace quasimodem::app::scenario
