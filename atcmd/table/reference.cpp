// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/reference.hpp"

#include <algorithm>
#include <vector>

#include <fmt/core.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace quasimodem::atcmd {
namespace {

constexpr std::string_view kPreface = R"(# AT commands

This page is generated from the command tables in `emulator/commands`; `QUASIMODEM_UPDATE=1` makes the tests write it.

A command has a write form `=…`, a read form `?`, an execution form without anything, and a test form `=?`; what is not
listed answers `ERROR` (the test form answers always). Below a summary stands what the command makes the module say.
*Known from* says how sure it is that the module behaves so: *documented* in a manual, *seen* in a real driver or log, or
*inferred*. *SSL* is GSM_SSL_TCP_Application_Note_V3.1, *M66* the M66 AT Commands Manual V1.0. A module in brackets has the
command because its sibling has: no source tells of itself (docs/fidelity.md, the modules).
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

/// Markdown would take `<length>` for a tag.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '<' ? std::string{"\\<"} : std::string{c};
  return result;
}

/// `*mode* 0–1, default 0: 0 = off · 1 = on`
std::string value_text(const std::string& name, const Param& param) {
  std::vector<std::string> meanings;
  for (const auto& each : param.meanings) meanings.push_back(fmt::format("{} = {}", each.value(), escaped(each.text)));
  auto text = name;
  if (!param.only_these) text += " " + allowed_values(param, "–");
  if (param.default_value) text += fmt::format(", default {}", *param.default_value);
  return text + (meanings.empty() ? "" : fmt::format(": {}", fmt::join(meanings, " · ")));
}

std::string parameters(const Command& command) {
  std::vector<std::string> texts;
  for (const auto& param : command.write.params) texts.push_back(value_text(fmt::format("*{}*", param.name), param));
  for (const auto& each : command.write.selectors) {
    const auto index = each.indexed ? fmt::format(",*{}*", command.write.params[1].name) : std::string{};
    texts.push_back(value_text(fmt::format("\"{}\"{}", each.name, index), each.value));
  }
  return fmt::format("{}", fmt::join(texts, "<br>"));
}

/// What it is for, and what it makes the module say.
std::string summary(const Command& command) {
  std::string text{command.summary};
  for (const auto& line : command.lines) text += fmt::format("<br>`{}` {}", line.pattern, escaped(line.meaning));
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
      page += fmt::format("| {} | {} | {} | {} | {} | {} |\n", forms(command), summary(command), parameters(command),
                          command.manual, word(command.confidence), modules(command, models));
    }
  }
  return page;
}

}  // namespace quasimodem::atcmd
