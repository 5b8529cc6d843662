// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain_command.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <unordered_map>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/parameter_values.hpp"

namespace quasimodem::commands {

const atcmd::Command* find_command(std::string_view name) {
  static const auto kCommands = [] {
    std::unordered_map<std::string_view, const atcmd::Command*> commands;
    for (const auto& family : all_families()) {
      for (const auto& command : family.commands) commands.emplace(command.name, &command);
    }
    return commands;
  }();
  const auto found = kCommands.find(name);
  return found == kCommands.end() ? nullptr : found->second;
}

namespace {

using Field = Explanation::Field;
using Fields = std::vector<Field>;

std::string upper(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::string value_meaning(std::string_view command, std::string_view parameter, std::string_view value) {
  for (const auto& known : parameter_values()) {
    if (known.command == command && known.parameter == parameter && known.value == upper(value))
      return std::string{known.meaning};
  }
  return {};
}

/// `TLS 1.2; 0-4`
std::string with_range(const std::string& meaning, const std::string& range) {
  if (meaning.empty() || range.empty()) return meaning + range;
  return fmt::format("{}; {}", meaning, range);
}

std::string allowed_values(const atcmd::Param& param) {
  if (param.allowed.empty()) {
    const auto unit = param.kind == atcmd::Param::Kind::text ? " characters" : "";
    return fmt::format("{}-{}{}", param.lowest, param.highest, unit);
  }
  std::string list;
  for (const auto value : param.allowed) list += fmt::format("{}{}", list.empty() ? "" : ", ", value);
  return list;
}

bool fits(const atcmd::Param& param, const atcmd::Argument& argument) {
  if (argument.omitted()) return param.may_be_omitted;
  if (param.kind == atcmd::Param::Kind::text) {
    const auto length = static_cast<std::int64_t>(argument.text.size());
    return length >= param.lowest && length <= param.highest;
  }
  const auto number = atcmd::parse_integer(argument.text);
  const bool listed = number && (param.allowed.empty() ||
                                 std::find(param.allowed.begin(), param.allowed.end(), *number) != param.allowed.end());
  return listed && *number >= param.lowest && *number <= param.highest;
}

Field field_of(const atcmd::Command& command, const atcmd::Param& param, const atcmd::Argument& argument) {
  Field field{std::string{param.name}, argument.text, {}};
  if (argument.omitted()) {
    field.meaning = !param.may_be_omitted ? "missing"
                    : param.default_value ? fmt::format("default {}", *param.default_value)
                                          : "left out";
  } else if (!fits(param, argument)) {
    field.meaning = "wrong: " + allowed_values(param);
  } else {
    field.meaning = with_range(value_meaning(command.name, param.name, argument.text), allowed_values(param));
  }
  return field;
}

/// What comes behind a selector: `"sslversion",0,3`.
Fields fields_behind(const atcmd::Command& command, const Selected& selected,
                     std::span<const atcmd::Argument> arguments) {
  Fields fields;
  if (selected.indexed && !arguments.empty()) {
    const auto& index = command.write.params[1];
    fields.push_back(field_of(command, index, arguments.front()));
    arguments = arguments.subspan(1);
  }
  if (arguments.empty()) {
    fields.push_back({std::string{selected.parameter}, {}, "left out: query"});
    return fields;
  }
  for (const auto& argument : arguments) {
    const auto meaning = value_meaning(command.name, selected.parameter, argument.text);
    fields.push_back(
        {std::string{selected.parameter}, argument.text, with_range(meaning, std::string{selected.range})});
  }
  return fields;
}

const Selected* selected_by(const atcmd::Command& command, const std::vector<atcmd::Argument>& arguments) {
  if (arguments.empty()) return nullptr;
  for (const auto& selected : selected_parameters()) {
    if (selected.command == command.name && upper(selected.selector) == upper(arguments.front().text)) return &selected;
  }
  return nullptr;
}

Fields fields_of(const atcmd::Command& command, const atcmd::CommandCall& call) {
  if (const auto* selected = selected_by(command, call.arguments)) {
    Fields fields{{std::string{command.write.params.front().name}, call.arguments.front().text, {}}};
    const auto rest = fields_behind(command, *selected, std::span{call.arguments}.subspan(1));
    fields.insert(fields.end(), rest.begin(), rest.end());
    return fields;
  }
  auto params = command.write.params;
  // AT+QIOPEN="TCP",… with a single session: the index is not left empty, it is not there.
  const bool without_index =
      command.name == "+QIOPEN" && !call.arguments.empty() && !atcmd::parse_integer(call.arguments.front().text);
  if (without_index) params = params.subspan(1);
  Fields fields;
  for (std::size_t i = 0; i < std::max(params.size(), call.arguments.size()); ++i) {
    const auto argument = i < call.arguments.size() ? call.arguments[i] : atcmd::Argument{};
    if (i < params.size()) {
      fields.push_back(field_of(command, params[i], argument));
    } else {
      fields.push_back(
          {fmt::format("parameter {}", i + 1), argument.text, params.empty() ? "" : "more than there are"});
    }
  }
  return fields;
}

const NotEmulated* not_emulated_command(std::string_view name) {
  for (const auto& known : not_emulated()) {
    if (name.starts_with(known.beginning)) return &known;
  }
  return nullptr;
}

Explanation explain_call(const atcmd::CommandCall& call) {
  const auto line = "AT" + print(call);
  const auto* command = find_command(call.name);
  if (const auto* known = command ? nullptr : not_emulated_command(call.name)) {
    return {.kind = "command",
            .line = line,
            .meaning = fmt::format("{}; real modules have it, here it answers ERROR", known->meaning),
            .manual = std::string{known->manual},
            .fields = {}};
  }
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

}  // namespace

std::vector<Field> fields_of_response(const atcmd::Command& command, std::string_view values) {
  if (!command.read || command.write.params.empty()) return {};
  while (values.starts_with(' ')) values.remove_prefix(1);
  atcmd::CommandLineReader reader{fmt::format("{}={}", command.name, values)};
  const auto call = reader.next();
  if (!call || !reader.done() || call->form != atcmd::CommandForm::write) return {};
  if (selected_by(command, call->arguments)) return {};
  if (call->arguments.size() > command.write.params.size()) return {};
  Fields fields;
  for (std::size_t i = 0; i < call->arguments.size(); ++i) {
    const auto& param = command.write.params[i];
    if (!fits(param, call->arguments[i])) return {};
    fields.push_back({std::string{param.name}, call->arguments[i].text,
                      value_meaning(command.name, param.name, call->arguments[i].text)});
  }
  return fields;
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

}  // namespace quasimodem::commands
