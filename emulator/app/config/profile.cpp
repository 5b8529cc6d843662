// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/profile.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/config/toml_text.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::app {
namespace {

using device::Delay;
using device::Spell;
using device::Timing;

constexpr auto kAboutProfiles = "what a profile can say: man quasimodem-profiles; docs/profiles.md";

/// Reads one profile. Everything wrong with it ends in a Problem that names the line.
class Reader {
 public:
  Reader(std::string source, Timing& timing) : source_{std::move(source)}, timing_{timing} {}

  void read(const toml::table& root) {
    for (const auto& [key, node] : root) {
      if (key.str() == kBase) continue;
      const auto keys = keys_of(key.str());
      if (keys.empty()) unknown(key, {"base", "uart", "module", "network", "tls"}, "");
      const auto* section = node.as_table();
      if (!section) wrong(node, fmt::format("{} is a section: [{}]", key.str(), key.str()));
      for (const auto& [name, value] : *section) {
        if (!set(key.str(), name.str(), value)) unknown(name, keys, key.str());
      }
    }
  }

  /// The profile that this one begins with, when it names one.
  std::optional<std::string> base(const toml::table& root) const {
    const auto* node = root.get(kBase);
    if (!node) return std::nullopt;
    auto name = node->value<std::string>();
    if (!name || !named(builtin_profiles(), *name)) {
      wrong(*node, fmt::format("base is one of {}", fmt::join(builtin_profile_names(), ", ")));
    }
    return name;
  }

 private:
  static std::vector<std::string> keys_of(std::string_view section) {
    std::vector<std::string> keys;
    for (const auto& kind : device::kDelayKinds) {
      if (kind.section == section) keys.emplace_back(kind.key);
    }
    if (section == "uart") keys.emplace_back(kPaced);
    if (section == "network") {
      keys.emplace_back(kIdleAfter);
      for (const auto& kind : kRates) keys.emplace_back(kind.key);
      for (const auto& kind : kSpells) keys.emplace_back(kind.key);
    }
    return keys;
  }

  bool set(std::string_view section, std::string_view key, const toml::node& node) {
    for (const auto& kind : device::kDelayKinds) {
      if (kind.section == section && kind.key == key) return timing_.*kind.value = delay(node), true;
    }
    if (section == "uart" && key == kPaced) {
      if (!node.is_boolean()) wrong(node, "true or false is wanted");
      timing_.uart_paced = **node.as_boolean();
      return true;
    }
    if (section != "network") return false;
    if (key == kIdleAfter) return timing_.idle_after = duration(node), true;
    for (const auto& kind : kRates) {
      if (kind.key == key) return timing_.*kind.value = rate(node), true;
    }
    for (const auto& kind : kSpells) {
      if (kind.key == key) return timing_.*kind.value = spell(node), true;
    }
    return false;
  }

  Duration duration(const toml::node& node) const {
    auto text = node.value<std::string>();
    if (const auto number = node.value<double>(); !text && number) text = fmt::format("{:.9f}", *number);
    const auto parsed = text ? parse_duration(*text) : std::nullopt;
    if (!parsed) wrong(node, R"(a time is wanted, like "15ms", "2.8s", "20min" or "24h"; a number alone is seconds)");
    return *parsed;
  }

  Delay delay(const toml::node& node) const {
    const auto* table = node.as_table();
    if (!table) return Delay{duration(node)};
    const auto parts = times(*table, {"median", "p95"});
    if (!parts[0] || !parts[1]) wrong(node, R"(both are wanted: { median = "3s", p95 = "8s" })");
    if (*parts[1] < *parts[0]) wrong(node, "p95 is shorter than the median");
    if (*parts[0] == Duration::zero() && *parts[1] > Duration::zero()) {
      wrong(node, "a median of 0 has no p95; give a median above 0");
    }
    return {*parts[0], *parts[1]};
  }

  Spell spell(const toml::node& node) const {
    const auto* table = node.as_table();
    if (!table) wrong(node, R"(a table is wanted, like { every = "20min", shortest = "4s", longest = "10s" })");
    const auto parts = times(*table, {"every", "shortest", "longest"});
    const Spell spell{parts[0].value_or(Duration::zero()), parts[1].value_or(Duration::zero()),
                      parts[2].value_or(parts[1].value_or(Duration::zero()))};
    if (spell.longest < spell.shortest) wrong(node, "the longest is shorter than the shortest");
    return spell;
  }

  std::vector<std::optional<Duration>> times(const toml::table& table, const std::vector<std::string>& keys) const {
    for (const auto& [key, node] : table) {
      if (std::find(keys.begin(), keys.end(), key.str()) == keys.end()) unknown(key, keys, "");
    }
    std::vector<std::optional<Duration>> found;
    for (const auto& key : keys) {
      const auto* node = table.get(key);
      found.push_back(node ? std::optional{duration(*node)} : std::nullopt);
    }
    return found;
  }

  double rate(const toml::node& node) const {
    const auto value = node.value<double>();
    if (!value || *value < 0 || *value > kFastest) wrong(node, "kbit/s are wanted, up to 1000000; 0: no limit");
    return *value;
  }

  [[noreturn]] void wrong(const toml::node& node, const std::string& what) const {
    toml_problem(source_, node.source(), what, kAboutProfiles);
  }
  [[noreturn]] void unknown(const toml::key& key, const std::vector<std::string>& known,
                            std::string_view section) const {
    toml_problem(source_, key.source(), unknown_key(key.str(), section) + did_you_mean(std::string{key.str()}, known),
                 fmt::format("there are {}", fmt::join(known, ", ")));
  }

  std::string source_;
  Timing& timing_;
};

std::string contents(const std::string& file) {
  auto text = read_text_file(file, kLargestHandwritten);
  if (text) return std::move(*text);
  usage(fmt::format("--profile {}: cannot be read: {}", file, text.error()),
        fmt::format("the shipped profiles are {}", fmt::join(builtin_profile_names(), ", ")));
}

}  // namespace

std::vector<std::string> builtin_profile_names() { return names_of(builtin_profiles()); }

device::Timing parse_profile(std::string_view text, const std::string& name, const std::string& source) {
  const auto root = parse_toml(text, source, [](const auto*) { return kAboutProfiles; });
  Timing timing;
  Reader reader{source, timing};
  if (const auto base = reader.base(root)) timing = parse_profile(named(builtin_profiles(), *base)->text, *base, *base);
  timing.name = name;
  reader.read(root);
  return timing;
}

device::Timing read_profile(const std::string& name_or_file) {
  if (const auto* profile = named(builtin_profiles(), name_or_file)) {
    return parse_profile(profile->text, name_or_file, fmt::format("profiles/{}.toml", name_or_file));
  }
  if (name_or_file.find_first_of("/.") == std::string::npos) {
    const auto names = builtin_profile_names();
    usage(fmt::format("unknown profile \"{}\"{}", name_or_file, did_you_mean(name_or_file, names)),
          fmt::format("the profiles are {}; a file of your own: --profile ./FILE", fmt::join(names, ", ")));
  }
  return parse_profile(contents(name_or_file), std::filesystem::path{name_or_file}.stem().string(), name_or_file);
}

}  // namespace quasimodem::app
