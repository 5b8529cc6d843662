// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>

#include <fmt/core.h>

#include "atcmd/syntax/command_line.hpp"
#include "emulator/commands/all.hpp"
#include "emulator/commands/error_texts.hpp"
#include "emulator/commands/module_lines.hpp"

namespace quasimodem::commands {
namespace {

using Field = Explanation::Field;
using Fields = std::vector<Field>;

const atcmd::Command* find_command(std::string_view name) {
  for (const auto& family : all_families()) {
    for (const auto& command : family.commands) {
      if (command.name == name) return &command;
    }
  }
  return nullptr;
}

/// Without what frames a line.
std::string trimmed(std::string_view text) {
  const auto frames = [](unsigned char c) { return std::iscntrl(c) != 0; };
  while (!text.empty() && frames(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && frames(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return std::string{text};
}

// ---- lines of the module ----

/// How long the value at the beginning of `text` is, when `rest` of the pattern follows it.
std::size_t length_of_value(std::string_view text, std::string_view rest) {
  if (text.starts_with('"')) {
    const auto quote = text.find('"', 1);
    return quote == std::string_view::npos ? text.size() : quote + 1;
  }
  const auto next = rest.find_first_not_of('[');
  if (next == std::string_view::npos || rest[next] == '<') return text.size();
  return std::min(text.find(rest[next]), text.size());
}

/// Whether `text` has the form of `pattern`; what stands for `<name>` goes into `fields`.
bool fits(std::string_view pattern, std::string_view text, Fields& fields) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '[') {
    const auto end = pattern.find(']');
    const auto inner = std::string{pattern.substr(1, end - 1)} + std::string{pattern.substr(end + 1)};
    const auto before = fields;
    if (fits(inner, text, fields)) return true;
    fields = before;
    return fits(pattern.substr(end + 1), text, fields);
  }
  if (pattern.front() != '<') {
    return !text.empty() && text.front() == pattern.front() && fits(pattern.substr(1), text.substr(1), fields);
  }
  const auto name_ends = pattern.find('>');
  const auto rest = pattern.substr(name_ends + 1);
  const auto length = length_of_value(text, rest);
  if (length == 0) return false;
  fields.push_back({std::string{pattern.substr(1, name_ends - 1)}, std::string{text.substr(0, length)}, {}});
  return fits(rest, text.substr(length), fields);
}

std::string unquoted(std::string_view text) {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? std::string{text.substr(1, text.size() - 2)}
                                                                      : std::string{text};
}

/// +CME ERROR: 3 and, with AT+CMEE=2, +CME ERROR: Operation not allowed.
std::string error_meaning(std::string_view (*texts)(int), const std::string& value) {
  const bool number =
      !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isdigit(c); });
  if (number) {
    const auto words = texts(std::atoi(value.substr(0, 6).c_str()));
    return words.empty() ? "not a number of this module" : std::string{words};
  }
  constexpr int kHighest = 5000;
  for (int candidate = 0; candidate < kHighest; ++candidate) {
    if (texts(candidate) == value) return fmt::format("number {}", candidate);
  }
  return "not the words of this module";
}

std::string meaning_of(const Field& field) {
  if (field.name == "cme") return error_meaning(kErrorTexts.cme, field.value);
  if (field.name == "cms") return error_meaning(kErrorTexts.cms, field.value);
  const auto value = unquoted(field.value);
  for (const auto& known : value_meanings()) {
    if (known.field == field.name && known.value == value) return std::string{known.meaning};
  }
  return {};
}

std::string manual_of(std::string_view source) {
  if (!source.starts_with('+')) return std::string{source};
  const auto* command = find_command(source);
  return command ? std::string{command->manual} : std::string{};
}

std::optional<Explanation> explain_known_line(const std::string& line) {
  for (const auto& known : module_lines()) {
    Explanation explanation{.kind = std::string{known.kind},
                            .line = line,
                            .meaning = std::string{known.meaning},
                            .manual = manual_of(known.source),
                            .fields = {}};
    if (!fits(known.pattern, line, explanation.fields)) continue;
    for (auto& field : explanation.fields) field.meaning = meaning_of(field);
    return explanation;
  }
  return std::nullopt;
}

/// `+QIMUX: 1`: what a command of that name says.
std::optional<Explanation> explain_response(const std::string& line) {
  const auto colon = line.find(':');
  const auto* command = colon == std::string::npos ? nullptr : find_command(line.substr(0, colon));
  if (!command) return std::nullopt;
  Explanation explanation{.kind = "response",
                          .line = line,
                          .meaning = fmt::format("answer of AT{}: {}", command->name, command->summary),
                          .manual = std::string{command->manual},
                          .fields = {}};
  return explanation;
}

// ---- commands ----

std::string allowed_values(const atcmd::Param& param) {
  if (param.allowed.empty()) {
    const auto unit = param.kind == atcmd::Param::Kind::text ? " characters" : "";
    return fmt::format("{}-{}{}", param.lowest, param.highest, unit);
  }
  std::string list;
  for (const auto value : param.allowed) list += fmt::format("{}{}", list.empty() ? "" : ", ", value);
  return list;
}

std::string verdict(const atcmd::Param& param, const atcmd::Argument& argument) {
  if (argument.omitted()) {
    if (!param.may_be_omitted) return "missing";
    return param.default_value ? fmt::format("default {}", *param.default_value) : "left out";
  }
  const auto range = allowed_values(param);
  if (param.kind == atcmd::Param::Kind::text) {
    const auto length = static_cast<std::int64_t>(argument.text.size());
    return length < param.lowest || length > param.highest ? "wrong: " + range : range;
  }
  const auto number = atcmd::parse_integer(argument.text);
  const bool listed = number && (param.allowed.empty() ||
                                 std::find(param.allowed.begin(), param.allowed.end(), *number) != param.allowed.end());
  return listed && *number >= param.lowest && *number <= param.highest ? range : "wrong: " + range;
}

Fields fields_of(const atcmd::Command& command, const atcmd::CommandCall& call) {
  Fields fields;
  const auto& params = command.write.params;
  for (std::size_t i = 0; i < std::max(params.size(), call.arguments.size()); ++i) {
    const auto argument = i < call.arguments.size() ? call.arguments[i] : atcmd::Argument{};
    if (i < params.size()) {
      fields.push_back({std::string{params[i].name}, argument.text, verdict(params[i], argument)});
    } else {
      fields.push_back(
          {fmt::format("parameter {}", i + 1), argument.text, params.empty() ? "" : "more than there are"});
    }
  }
  return fields;
}

Explanation explain_call(const atcmd::CommandCall& call) {
  const auto line = "AT" + print(call);
  const auto* command = find_command(call.name);
  if (!command) {
    return {.kind = "error",
            .line = line,
            .meaning = "not a command of these modules: answers ERROR",
            .manual = {},
            .fields = {}};
  }
  using Form = atcmd::CommandForm;
  Explanation explanation{.kind = "command",
                          .line = line,
                          .meaning = std::string{command->summary},
                          .manual = std::string{command->manual},
                          .fields = {}};
  const auto add = [&](std::string_view words) { explanation.meaning += fmt::format("; {}", words); };
  switch (call.form) {
    case Form::test: add("test form: tells the values it takes"); break;
    case Form::read:
      command->read ? add("read form: tells the present values") : add("no read form: answers ERROR");
      break;
    case Form::execution:
      // What the table has as write form with every parameter optional may be typed without any.
      if (!command->execution && !command->write) add("no such form: answers ERROR");
      break;
    case Form::write:
      if (!command->write) add("no write form: answers ERROR");
      explanation.fields = fields_of(*command, call);
      break;
  }
  return explanation;
}

std::vector<Explanation> explain_command_line(std::string_view body) {
  std::vector<Explanation> all;
  atcmd::CommandLineReader reader{std::string{body}};
  while (!reader.done()) {
    const auto call = reader.next();
    if (!call) {
      all.push_back({.kind = "error",
                     .line = "AT" + std::string{body},
                     .meaning = "cannot be read: answers ERROR",
                     .manual = {},
                     .fields = {}});
      break;
    }
    all.push_back(explain_call(*call));
  }
  if (all.empty()) {
    all.push_back({.kind = "command",
                   .line = "AT",
                   .meaning = "does nothing but answer; trains autobaud",
                   .manual = {},
                   .fields = {}});
  }
  return all;
}

bool is_command_line(std::string_view text) { return text.starts_with("AT") || text.starts_with("at"); }

}  // namespace

std::vector<Explanation> explain(std::string_view text) {
  const auto line = trimmed(text);
  if (is_command_line(line)) return explain_command_line(std::string_view{line}.substr(2));
  if (auto known = explain_known_line(line)) return {std::move(*known)};
  if (auto response = explain_response(line)) return {std::move(*response)};
  return {};
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& family : all_families()) {
    for (const auto& command : family.commands) names.push_back("AT" + std::string{command.name});
  }
  return names;
}

}  // namespace quasimodem::commands
