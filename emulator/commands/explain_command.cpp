// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/explain_command.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

#include <fmt/core.h>

#include "emulator/commands/all.hpp"
#include "emulator/commands/not_emulated.hpp"

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

Field field_of(const atcmd::Param& param, const atcmd::Argument& argument) {
  Field field{std::string{param.name}, argument.text, {}};
  if (argument.omitted()) {
    field.meaning = !param.may_be_omitted ? "missing"
                    : param.default_value ? fmt::format("default {}", *param.default_value)
                                          : "left out";
  } else if (!takes(param, argument)) {
    field.meaning = "wrong: " + allowed_values(param, "-");
  } else {
    const auto meaning = atcmd::meaning_of(param.meanings, argument.text);
    field.meaning = fmt::format("{}{}{}", meaning, meaning.empty() ? "" : "; ", allowed_values(param, "-"));
  }
  return field;
}

/// `"sslversion",0,3`
Fields fields_of(const atcmd::Command& command, const atcmd::Selector& selector,
                 std::span<const atcmd::Argument> arguments) {
  const auto& params = command.write.params;
  Fields fields{{std::string{params[0].name}, arguments[0].text, {}}};
  arguments = arguments.subspan(1);
  if (selector.indexed && !arguments.empty()) {
    fields.push_back(field_of(params[1], arguments[0]));
    arguments = arguments.subspan(1);
  }
  if (arguments.empty()) fields.push_back({std::string{selector.value.name}, {}, "left out: query"});
  for (const auto& argument : arguments) fields.push_back(field_of(selector.value, argument));
  return fields;
}

const atcmd::Selector* selector_of(const atcmd::Command& command, const atcmd::CommandCall& call) {
  return call.arguments.empty() ? nullptr : selector_named(command.write, call.arguments.front().text);
}

Fields fields_of(const atcmd::Command& command, const atcmd::CommandCall& call) {
  if (const auto* selector = selector_of(command, call)) return fields_of(command, *selector, call.arguments);
  auto params = command.write.params;
  // AT+QIOPEN="TCP",… with a single session: the index is not left empty, it is not there.
  const bool without_index =
      command.name == "+QIOPEN" && !call.arguments.empty() && !atcmd::parse_integer(call.arguments.front().text);
  if (without_index) params = params.subspan(1);
  Fields fields;
  for (std::size_t i = 0; i < std::max(params.size(), call.arguments.size()); ++i) {
    const auto argument = i < call.arguments.size() ? call.arguments[i] : atcmd::Argument{};
    if (i < params.size()) {
      fields.push_back(field_of(params[i], argument));
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
  if (selector_of(command, *call)) return {};
  if (call->arguments.size() > command.write.params.size()) return {};
  Fields fields;
  for (std::size_t i = 0; i < call->arguments.size(); ++i) {
    const auto& param = command.write.params[i];
    const auto& argument = call->arguments[i];
    if (!takes(param, argument)) return {};
    fields.push_back(
        {std::string{param.name}, argument.text, std::string{atcmd::meaning_of(param.meanings, argument.text)}});
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
