// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/options/flags.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/process/command_line.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"

namespace quasimodem::app {

Flags::Flags(CommandLine& line, const std::vector<std::string_view>& without) {
  for (const auto& option : run_option_table()) {
    if (std::find(without.begin(), without.end(), option.name) != without.end()) continue;
    declare(line, flags_.emplace_back(Flag{.option = &option}));
  }
}

void Flags::declare(CommandLine& line, Flag& flag) {
  const auto& option = *flag.option;
  const auto names = option.letter.empty() ? flag_of(option) : fmt::format("-{},{}", option.letter, flag_of(option));
  const auto standard = default_in_words(option);
  const auto help =
      standard.empty() ? std::string{option.meaning} : fmt::format("{}; default {}", option.meaning, standard);
  const std::string placeholder{option.placeholder};
  switch (option.kind) {
    case OptionKind::flag:
    case OptionKind::count: line.count(names, flag.times, help); break;
    case OptionKind::list: line.list(names, flag.texts, placeholder, help); break;
    case OptionKind::text:
    case OptionKind::number:
    case OptionKind::time:
    case OptionKind::duration: line.option(names, flag.text, placeholder, help); break;
  }
}

Settings Flags::settings(const CommandLine& line) const {
  Settings settings;
  for (const auto& flag : flags_) {
    if (!line.given(flag_of(*flag.option))) continue;
    Setting setting{.source = Source::flag, .values = {}};
    const auto value = [&](std::string text) {
      setting.values.push_back({std::move(text), flag_of(*flag.option), {}});
    };
    switch (flag.option->kind) {
      case OptionKind::flag: value(flag.times > 0 ? "true" : "false"); break;
      case OptionKind::count: value(std::to_string(std::max<std::int64_t>(flag.times, 0))); break;
      case OptionKind::list:
        for (const auto& text : flag.texts) value(text);
        break;
      default: value(flag.text);
    }
    settings.add(*flag.option, std::move(setting));
  }
  return settings;
}

}  // namespace quasimodem::app
