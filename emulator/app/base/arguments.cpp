// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/arguments.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "core/suggestion.hpp"
#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {

void usage(const std::string& what, const std::string& way_out) { throw Problem{ExitCode::usage, what, way_out}; }

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
  const auto meant = nearest(word, words);
  return meant ? fmt::format("; did you mean \"{}\"?", *meant) : "";
}

std::optional<bool> truth(std::string_view word) {
  if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

ColorChoice read_color(const std::string& text) {
  if (text == "auto") return ColorChoice::automatic;
  if (text == "always") return ColorChoice::always;
  if (text == "never") return ColorChoice::never;
  usage("--color " + text + ": not a choice" + did_you_mean(text, {"auto", "always", "never"}),
        "use --color auto, always or never");
}

std::vector<std::string> split(const std::string& list, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(separator, at), list.size());
    parts.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace quasimodem::app
