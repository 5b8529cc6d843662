// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/settings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

/// `use --seed 1, 2, 3` for who has written no flag.
std::string without(std::string text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) text.erase(at, word.size());
  return text;
}

/// A message speaks of the flag, as most people know the option. Whoever wrote the value elsewhere is led there.
[[noreturn]] void refuse(const Option& option, const Setting& setting, const GivenValue& value,
                         const Problem& problem) {
  if (setting.source == Source::flag) throw problem;
  std::string what = problem.what();
  const auto as_flag = fmt::format("{} {}", flag_of(option), value.text);
  const bool names_flag = what.starts_with(as_flag);
  if (names_flag) what.erase(0, as_flag.size());
  const auto way_out = without(problem.way_out(), flag_of(option) + " ");
  if (setting.source == Source::environment) {
    what = fmt::format("{}={}{}{}", value.place, value.text, names_flag ? "" : ": ", what);
    throw Problem{problem.code(), what, way_out};
  }
  what = names_flag ? fmt::format("{}: {} = {}{}", value.place, key_of(option), value.text, what)
                    : fmt::format("{}: {}", value.place, what);
  throw Problem{problem.code(), what, way_out.empty() ? value.excerpt : fmt::format("{}\n{}", value.excerpt, way_out)};
}

}  // namespace

const Setting* Settings::find(std::string_view option) const {
  const auto found = settings_.find(option);
  return found == settings_.end() ? nullptr : &found->second;
}

void Settings::add(const Option& option, Setting setting) {
  const auto* other = find(option.name);
  if (!other || other->source < setting.source) settings_[option.name] = std::move(setting);
}

void Settings::remove(std::string_view option) { settings_.erase(option); }

void Settings::follow(const Settings& other, std::string_view option) {
  remove(option);
  if (const auto* setting = other.find(option)) settings_[option] = *setting;
}

bool same_values(const Setting* one, const Setting* other) {
  if (!one || !other) return one == other;
  return std::equal(one->values.begin(), one->values.end(), other->values.begin(), other->values.end(),
                    [](const auto& a, const auto& b) { return a.text == b.text; });
}

void take_settings(const Settings& settings, OptionTable table,
                   const std::function<void(const Option& option, const std::string& value)>& take) {
  for (const auto& option : table) {
    const auto* setting = settings.find(option.name);
    if (!setting) continue;
    for (const auto& value : setting->values) {
      try {
        take(option, value.text);
      } catch (const Problem& problem) {
        refuse(option, *setting, value, problem);
      }
    }
  }
}

void take_settings(const Settings& settings, ModuleOptions& options) {
  take_settings(settings, module_option_table(),
                [&](const Option& option, const std::string& value) { std::get<0>(option.take)(options, value); });
}

}  // namespace quasimodem::app
