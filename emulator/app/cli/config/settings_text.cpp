// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/config/settings_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emulator/app/base/json.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/cli/run/run_options.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kDefault = "default";

/// What has a number in TOML and JSON alike: 7, 2.5; not 007, .5 or what does not fit.
bool is_plain_number(std::string_view text) {
  constexpr std::size_t kSurelyFits = 18;
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  const auto digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
  };
  if (!digits(whole) || (whole.size() > 1 && whole[0] == '0') || text.size() > kSurelyFits) return false;
  return dot == std::string_view::npos || digits(text.substr(dot + 1));
}

Json json_of(OptionKind kind, const std::string& text) {
  const bool number = kind == OptionKind::number || kind == OptionKind::count;
  if (kind == OptionKind::flag) return text == "true";
  if (!number || !is_plain_number(text)) return Json(text);
  if (text.find('.') != std::string::npos) return std::strtod(text.c_str(), nullptr);
  return static_cast<std::int64_t>(std::strtoll(text.c_str(), nullptr, 10));
}

/// A JSON string is one of TOML too, but for DEL.
std::string toml_string(const std::string& text) {
  std::string quoted;
  for (const char c : json_string(text)) quoted += c == '\x7F' ? std::string{"\\u007F"} : std::string{c};
  return quoted;
}

std::string toml_of(OptionKind kind, const std::string& text) {
  const bool number = kind == OptionKind::number || kind == OptionKind::count;
  return kind == OptionKind::flag || (number && is_plain_number(text)) ? text : toml_string(text);
}

std::vector<std::string> texts_of(const Option& option, const Setting* setting, UnderRun under) {
  std::vector<std::string> texts;
  if (setting) {
    for (const auto& value : setting->values) texts.push_back(value.text);
  } else if (const auto standard = default_value(option, under); !standard.empty()) {
    texts.emplace_back(standard);
  }
  return texts;
}

std::string origin_of(const Setting* setting) {
  if (!setting) return std::string{kDefault};
  if (setting->values.empty()) return "configuration file";  // nobody else can say that a list is empty
  std::vector<std::string> places;
  for (const auto& value : setting->values) {
    if (places.empty() || places.back() != value.place) places.push_back(value.place);
  }
  return fmt::format("{}", fmt::join(places, ", "));
}

std::string line_of(const Option& option, const Setting* setting, UnderRun under) {
  const auto texts = texts_of(option, setting, under);
  const bool list = option.kind == OptionKind::list;
  const auto comment = setting ? "" : "# ";
  // A default that is no value cannot be written as one.
  if (!setting && texts.empty() && !list) {
    const auto words = default_in_words(option);
    return fmt::format("# {}: {}", key_of(option), words.empty() ? "none" : words);
  }
  if (!list) return fmt::format("{}{} = {}", comment, key_of(option), toml_of(option.kind, texts.front()));
  std::vector<std::string> parts;
  for (const auto& text : texts) parts.push_back(toml_string(text));
  return fmt::format("{}{} = [{}]", comment, key_of(option), fmt::join(parts, ", "));
}

UnderRun under_run(const Invocation& invocation) {
  return invocation.run->command.empty() ? UnderRun::alone : UnderRun::with_command;
}

std::string section_text(std::string_view section, const Invocation& invocation, ShowOrigin origin) {
  std::vector<std::pair<std::string, std::string>> lines;
  std::size_t width = 0;
  for (const auto& option : run_option_table()) {
    if (option.section != section) continue;
    const auto* setting = invocation.settings.find(option.name);
    lines.emplace_back(line_of(option, setting, under_run(invocation)), origin_of(setting));
    width = std::max(width, lines.back().first.size());
  }
  auto text = fmt::format("\n[{}]\n", section);
  for (const auto& [line, place] : lines) {
    text += origin == ShowOrigin::yes ? fmt::format("{:{}}  # {}\n", line, width, place) : line + "\n";
  }
  return text;
}

}  // namespace

std::string settings_text(const Invocation& invocation, ShowOrigin origin) {
  auto text = fmt::format("# Configuration file: {}. What is commented out is the default.\n",
                          invocation.configuration.value_or("none"));
  for (const auto section : option_sections(run_option_table())) text += section_text(section, invocation, origin);
  return text;
}

Json settings_json(const Invocation& invocation) {
  JsonObject settings;
  for (const auto& option : run_option_table()) {
    const auto* setting = invocation.settings.find(option.name);
    JsonArray values;
    for (const auto& text : texts_of(option, setting, under_run(invocation))) {
      values.push_back(json_of(option.kind, text));
    }
    Json value;
    if (option.kind == OptionKind::list) {
      value = std::move(values);
    } else if (!values.empty()) {
      value = std::move(values.front());
    }
    settings.emplace(option.name, JsonObject{{"value", std::move(value)}, {"origin", origin_of(setting)}});
  }
  Json file;
  if (invocation.configuration) file = *invocation.configuration;
  return JsonObject{{"configuration", std::move(file)}, {"settings", std::move(settings)}};
}

}  // namespace quasimodem::app
