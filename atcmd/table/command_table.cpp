// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/command_table.hpp"

#include <algorithm>

namespace quasimodem::atcmd {
namespace {

Reply run_test_form(const Command& command, Call& call, const CommandCall& typed) {
  if (command.test) return command.test.run(command, call, typed);
  // V.250 5.3 has a test form for extended commands only.
  const bool basic = command.name.front() == '&' || (command.name.front() >= 'A' && command.name.front() <= 'Z');
  if (basic) return invalid(command);
  if (const auto text = test_response(command); !text.empty()) call.respond(text);
  return Reply::ok();
}

/// A payload that no entry tells of might be a key in somebody's journal.
Reply run_form(const Form& form, const Command& command, Call& call, const CommandCall& typed) {
  auto reply = form.run(command, call, typed);
  const bool takes_payload = std::holds_alternative<Reply::Intake>(reply.value());
  return takes_payload && !command.payload ? Reply::error() : reply;
}

}  // namespace

CommandTable::CommandTable(std::span<const Family> families, std::uint32_t model) {
  for (const auto& family : families) {
    for (const auto& command : family.commands) {
      if (command.models & model) by_name_.push_back(&command);
    }
  }
  std::sort(by_name_.begin(), by_name_.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
}

const Command* CommandTable::find(std::string_view name) const {
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                   [](const auto* a, auto wanted) { return a->name < wanted; });
  return at != by_name_.end() && (*at)->name == name ? *at : nullptr;
}

Reply CommandTable::run(Call& call, const CommandCall& typed) const {
  // ASSUMED: an unknown command is a plain ERROR with every AT+CMEE; the tables have 601 "Unrecognized command", but no
  // log of this family shows it.
  const auto* command = find(typed.name);
  if (!command || (command->there && !command->there(call))) return Reply::error();
  if (typed.form == CommandForm::test) return run_test_form(*command, call, typed);
  const auto& form = typed.form == CommandForm::write  ? command->write
                     : typed.form == CommandForm::read ? command->read
                                                       : command->execution;
  if (form) return run_form(form, *command, call, typed);
  return command->plain_without_form ? Reply::error() : invalid(*command);
}

}  // namespace quasimodem::atcmd
