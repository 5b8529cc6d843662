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
    default: line.option(names, flag.texts.emplace_back(), placeholder, help);
  }
}

Settings Flags::settings(const CommandLine& line) const {
  Settings settings;
  for (const auto& [option, texts, times] : flags_) {
    if (!line.given(flag_of(*option))) continue;
    auto said = texts;
    if (option->kind == OptionKind::flag) said = {times > 0 ? "true" : "false"};
    if (option->kind == OptionKind::count) said = {std::to_string(std::max<std::int64_t>(times, 0))};
    Setting setting{.source = Source::flag, .values = {}};
    for (auto& text : said) setting.values.push_back({std::move(text), flag_of(*option), {}});
    settings.add(*option, std::move(setting));
  }
  return settings;
}

}  // namespace quasimodem::app
