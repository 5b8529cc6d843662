// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/options/environment.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kPrefix = "QUASIMODEM_";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::vector<std::string> texts_of(const Option& option, const std::string& value) {
  if (option.kind == OptionKind::list) return split(value, ';');
  if (option.kind != OptionKind::flag) return {value};
  const auto flag = truth(lower(value));
  if (!flag) usage(fmt::format("{}={}: neither true nor false", variable_of(option), value), "use 1 or 0");
  return {*flag ? "true" : "false"};
}

const Option* option_of(const std::string& variable) {
  const auto table = run_option_table();
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& option) { return variable_of(option) == variable; });
  return found == table.end() ? nullptr : &*found;
}

std::string unknown(const std::string& variable) {
  std::vector<std::string> names;
  for (const auto& option : run_option_table()) names.push_back(variable_of(option));
  return fmt::format("the environment variable {} means nothing here{}", variable, did_you_mean(variable, names));
}

}  // namespace

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; *entry; ++entry) {
    const std::string variable{*entry};
    const auto equals = variable.find('=');
    if (equals != std::string::npos) variables.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  return variables;
}

std::string variable_in(const Environment& environment, const std::string& name) {
  const auto found =
      std::find_if(environment.begin(), environment.end(), [&](const auto& entry) { return entry.first == name; });
  return found == environment.end() ? std::string{} : found->second;
}

std::vector<std::string> read_environment(const Environment& environment, Settings& settings) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix) || names_an_endpoint(name)) continue;
    const auto* option = option_of(name);
    if (!option) warnings.push_back(unknown(name));
    if (!option || value.empty()) continue;
    Setting setting{.source = Source::environment, .values = {}};
    for (auto& text : texts_of(*option, value)) setting.values.push_back({std::move(text), name, {}});
    settings.add(*option, std::move(setting));
  }
  std::sort(warnings.begin(), warnings.end());
  return warnings;
}

}  // namespace quasimodem::app
