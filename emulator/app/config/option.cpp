// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/option.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/core.h>

namespace quasimodem::app {

std::vector<std::string_view> option_sections(OptionTable table) {
  std::vector<std::string_view> names;
  for (const auto& option : table) {
    const bool known = std::find(names.begin(), names.end(), option.section) != names.end();
    if (!option.section.empty() && !known) names.push_back(option.section);
  }
  return names;
}

std::string flag_of(const Option& option) { return "--" + std::string{option.name}; }

std::string key_of(const Option& option) {
  std::string key{option.name};
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

std::string variable_of(const Option& option) {
  auto name = key_of(option);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return "QUASIMODEM_" + name;
}

std::string_view default_value(const Option& option, UnderRun under) {
  return under == UnderRun::with_command && !option.with_command.empty() ? option.with_command : option.standard;
}

std::string default_in_words(const Option& option) {
  if (!option.standard_note.empty()) return std::string{option.standard_note};
  const bool bare = option.kind == OptionKind::flag || option.kind == OptionKind::count;
  if (bare && option.with_command.empty()) return {};  // not to be given is the default
  if (option.kind == OptionKind::flag) return "off, with `-- CMD` on";
  return option.with_command.empty() ? std::string{option.standard}
                                     : fmt::format("{}, with `-- CMD` {}", option.standard, option.with_command);
}

}  // namespace quasimodem::app
