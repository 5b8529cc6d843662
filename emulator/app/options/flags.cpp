// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/options/flags.hpp"

#include <algorithm>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace quasimodem::app {

Flags::Flags(CLI::App& app, const std::vector<std::string_view>& without) {
  for (const auto& option : run_option_table()) {
    if (std::find(without.begin(), without.end(), option.name) != without.end()) continue;
    declare(app, flags_.emplace_back(Flag{.option = &option}));
  }
}

void Flags::declare(CLI::App& app, Flag& flag) {
  const auto& option = *flag.option;
  const auto names = option.letter.empty() ? flag_of(option) : fmt::format("-{},{}", option.letter, flag_of(option));
  const auto standard = default_in_words(option);
  const auto help =
      standard.empty() ? std::string{option.meaning} : fmt::format("{}; default {}", option.meaning, standard);
  const std::string placeholder{option.placeholder};
  switch (option.kind) {
    case OptionKind::flag:
    case OptionKind::count: flag.declared = app.add_flag(names, flag.times, help); break;
    case OptionKind::list:
      flag.declared = app.add_option(names, flag.texts, help)->type_name(placeholder)->allow_extra_args(false);
      break;
    case OptionKind::text:
    case OptionKind::number:
    case OptionKind::time:
      // The last one counts, so that a script can put its own options before those of its caller.
      flag.declared = app.add_option(names, flag.text, help)
                          ->type_name(placeholder)
                          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      break;
  }
}

void Flags::add_to(Settings& settings) const {
  for (const auto& flag : flags_) {
    if (flag.declared->count() == 0) continue;
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
}

}  // namespace quasimodem::app
