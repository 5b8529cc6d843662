// SPDX-License-Identifier: Apache-2.0
#include "atcmd/table/command.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "core/same_word.hpp"

namespace quasimodem::atcmd {

const Selector* selector_named(const Form& form, std::string_view name) {
  const auto found = std::find_if(form.selectors.begin(), form.selectors.end(),
                                  [name](const auto& each) { return same_word(each.name, name); });
  return found == form.selectors.end() ? nullptr : &*found;
}

Reply detail::run_selected(const Command& command, Call& call, const CommandCall& typed) {
  const auto* selector = selector_named(command.write, typed.arguments.front().text);
  if (!selector || (selector->there && !selector->there(call))) return invalid(command);
  return selector->run(*selector, call, std::span{typed.arguments}.subspan(1));
}

std::string test_response(const Command& command) {
  if (!command.test_text.empty()) return fmt::format("{}:{}", command.name, command.test_text);
  if (command.write.params.empty()) return {};
  return fmt::format("{}: {}", command.name, shown(command.write.params));
}

}  // namespace quasimodem::atcmd
