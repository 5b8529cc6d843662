// SPDX-License-Identifier: Apache-2.0
// emulator/commands/COMMANDS.md, made from the tables of commands.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "atcmd/table/command_table.hpp"

namespace quasimodem::atcmd::testing {

/// A module and its bit in `Command::models`.
struct ModelName {
  std::uint32_t bit;
  std::string_view name;
  std::uint32_t sibling = 0;  ///< the bit of the module whose commands it has besides; 0 for none
};

inline constexpr std::string_view kPreface = R"(# AT commands

This page is generated from the command tables in `emulator/commands`; `QUASIMODEM_UPDATE=1` makes the tests write it.

A command has a write form `=…`, a read form `?`, an execution form without anything, and a test form `=?`; what is not
listed answers `ERROR` (the test form answers always). Below a summary stands what the command makes the module say.
*Known from* says how sure it is that the module behaves so: *documented* in a manual, *seen* in a real driver or log, or
*inferred*. *SSL* is GSM_SSL_TCP_Application_Note_V3.1, *M66* the M66 AT Commands Manual V1.0. A module in brackets has the
command because its sibling has: no source tells of itself (docs/fidelity.md, the modules).
)";

inline std::string_view word(Confidence confidence) {
  switch (confidence) {
    case Confidence::documented: return "documented";
    case Confidence::seen: return "seen";
    case Confidence::inferred: return "inferred";
  }
  return "";
}

inline bool basic(const Command& command) {
  const char first = command.name.front();
  return first == '&' || (first >= 'A' && first <= 'Z');
}

/// `<ssid>,<ctxindex>[,<timeout>]`, whatever the test response shows instead of the names.
inline std::string by_name(std::span<const Param> params) {
  std::vector<Param> named{params.begin(), params.end()};
  for (auto& param : named) param.shown = Param::Shown::by_name;
  return shown(named);
}

inline std::string write_form(const Command& command) {
  const auto params = by_name(command.write.params);
  const bool takes_equals = !basic(command) || command.name.front() == 'S';
  return fmt::format("`AT{}{}{}`", command.name, takes_equals ? "=" : "", params.empty() ? "…" : params);
}

inline std::string forms(const Command& command) {
  std::string text;
  const auto add = [&](const std::string& form) { text += (text.empty() ? "" : "<br>") + form; };
  if (command.write) add(write_form(command));
  if (command.read) add(fmt::format("`AT{}?`", command.name));
  if (command.execution) add(fmt::format("`AT{}`", command.name));
  return text;
}

/// Markdown would take `<length>` for a tag.
inline std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '<' ? std::string{"\\<"} : std::string{c};
  return result;
}

/// `*mode* 0–1, default 0: 0 = off · 1 = on`
inline std::string value_text(const std::string& name, const Param& param) {
  std::vector<std::string> meanings;
  for (const auto& each : param.meanings) meanings.push_back(fmt::format("{} = {}", each.value(), escaped(each.text)));
  auto text = name;
  if (!param.only_these) text += " " + allowed_values(param, "–");
  if (param.default_value) text += fmt::format(", default {}", *param.default_value);
  return text + (meanings.empty() ? "" : fmt::format(": {}", fmt::join(meanings, " · ")));
}

inline std::string parameters(const Command& command) {
  std::vector<std::string> texts;
  for (const auto& param : command.write.params) texts.push_back(value_text(fmt::format("*{}*", param.name), param));
  for (const auto& each : command.write.selectors) {
    const auto index = each.indexed ? fmt::format(",*{}*", command.write.params[1].name) : std::string{};
    const auto text = value_text(fmt::format("\"{}\"{}", each.name, index), each.value);
    texts.push_back(each.firmware.empty() ? text : fmt::format("{}; firmware `{}`", text, each.firmware));
  }
  return fmt::format("{}", fmt::join(texts, "<br>"));
}

/// What it is for, and what it makes the module say.
inline std::string summary(const Command& command) {
  std::string text{command.summary};
  for (const auto& line : command.lines) text += fmt::format("<br>`{}` {}", line.pattern, escaped(line.meaning));
  return text;
}

inline std::string modules(const Command& command, std::span<const ModelName> models) {
  std::string named, like_their_sibling;
  const auto has = [&](const ModelName& model) { return (command.models & model.bit) != 0; };
  if (std::all_of(models.begin(), models.end(), has)) return "all";
  for (const auto& model : models) {
    auto& list = has(model) ? named : like_their_sibling;
    if (has(model) || (command.models & model.sibling) != 0)
      list += fmt::format("{}{}", list.empty() ? "" : ", ", model.name);
  }
  return like_their_sibling.empty() ? named : fmt::format("{} ({})", named, like_their_sibling);
}

/// And of those, the firmware.
inline std::string modules_and_firmware(const Command& command, std::span<const ModelName> models) {
  const auto text = modules(command, models);
  return command.firmware.empty() ? text : fmt::format("{}; firmware `{}`", text, command.firmware);
}

/// COMMANDS.md: every command with its forms, parameters, ranges, source and modules, as Markdown. In brackets stand
/// modules that no entry names, only their sibling.
inline std::string reference_page(std::span<const Family> families, std::span<const ModelName> models) {
  std::string page{kPreface};
  for (const auto& family : families) {
    page += fmt::format("\n## {}\n\n", family.title);
    page += "| Forms | | Parameters | Manual | Known from | Modules |\n";
    page += "| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& command : family.commands) {
      page += fmt::format("| {} | {} | {} | {} | {} | {} |\n", forms(command), summary(command), parameters(command),
                          command.manual, word(command.confidence), modules_and_firmware(command, models));
    }
  }
  return page;
}

}  // namespace quasimodem::atcmd::testing
