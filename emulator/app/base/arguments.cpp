// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/arguments.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/device/model.hpp"

namespace quasimodem::app {

void usage(const std::string& what, const std::string& way_out) { throw Problem{ExitCode::usage, what, way_out}; }

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

device::Model read_model(const std::string& text) {
  if (const auto model = device::model_named(text)) return *model;
  usage(fmt::format("unknown model \"{}\"{}", text, did_you_mean(text, device::model_keys())),
        "the models are " + device::model_keys_in_words("and"));
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
