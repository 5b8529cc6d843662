// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/reference.hpp"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

namespace quasimodem::atcmd {
namespace {

constexpr std::string_view kPreface = R"(# AT commands

This page is generated from the command tables in `emulator/commands`; `QUASIMODEM_UPDATE=1` makes the tests write it.

A command has a write form `=…`, a read form `?`, an execution form without anything, and a test form `=?`; what is not
listed answers `ERROR` (the test form answers always). *Known from* says how sure it is that the module behaves so:
*documented* in a manual, *seen* in a real driver or log, or *inferred*. *SSL* is GSM_SSL_TCP_Application_Note_V3.1, *M66*
the M66 AT Commands Manual V1.0. A module in brackets has the command because its sibling has: no source tells of itself
(docs/fidelity.md, the modules).
)";

std::string_view word(Confidence confidence) {
  switch (confidence) {
    case Confidence::documented: return "documented";
    case Confidence::seen: return "seen";
    case Confidence::inferred: return "inferred";
  }
  return "";
}

bool basic(const Command& command) {
  const char first = command.name.front();
  return first == '&' || (first >= 'A' && first <= 'Z');
}

/// `<ssid>,<ctxindex>[,<timeout>]`, whatever the test response shows instead of the names.
std::string by_name(std::span<const Param> params) {
  std::vector<Param> named{params.begin(), params.end()};
  for (auto& param : named) param.shown = Param::Shown::by_name;
  return shown(named);
}

std::string write_form(const Command& command) {
  const auto params = by_name(command.write.params);
  const bool takes_equals = !basic(command) || command.name.front() == 'S';
  return fmt::format("`AT{}{}{}`", command.name, takes_equals ? "=" : "", params.empty() ? "…" : params);
}

std::string forms(const Command& command) {
  std::string text;
  const auto add = [&](const std::string& form) { text += (text.empty() ? "" : "<br>") + form; };
  if (command.write) add(write_form(command));
  if (command.read) add(fmt::format("`AT{}?`", command.name));
  if (command.execution) add(fmt::format("`AT{}`", command.name));
  return text;
}

std::string range(const Param& param) {
  if (!param.allowed.empty()) {
    std::string list;
    for (const auto value : param.allowed) list += fmt::format("{}{}", list.empty() ? "" : ", ", value);
    return list;
  }
  const auto unit = param.kind == Param::Kind::text ? " characters" : "";
  if (param.lowest == param.highest) return fmt::format("{}{}", param.lowest, unit);
  return fmt::format("{}–{}{}", param.lowest, param.highest, unit);
}

std::string parameters(const Command& command) {
  std::string text;
  for (const auto& param : command.write.params) {
    text += fmt::format("{}*{}* {}", text.empty() ? "" : "<br>", param.name, range(param));
    if (param.default_value) text += fmt::format(", default {}", *param.default_value);
  }
  return text;
}

std::string modules(const Command& command, std::span<const ModelName> models) {
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

}  // namespace

std::string reference_page(std::span<const Family> families, std::span<const ModelName> models) {
  std::string page{kPreface};
  for (const auto& family : families) {
    page += fmt::format("\n## {}\n\n", family.title);
    page += "| Forms | | Parameters | Manual | Known from | Modules |\n";
    page += "| --- | --- | --- | --- | --- | --- |\n";
    for (const auto& command : family.commands) {
      page += fmt::format("| {} | {} | {} | {} | {} | {} |\n", forms(command), command.summary, parameters(command),
                          command.manual, word(command.confidence), modules(command, models));
    }
  }
  return page;
}

}  // namespace quasimodem::atcmd
