// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/toml_text.hpp"

#include <fmt/format.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/safe_toml.hpp"

namespace quasimodem::app {

toml::table parse_toml(std::string_view text, const std::string& source, const TomlWayOut& way_out) {
  const auto safe = safe_toml(text);
  if (!safe) usage(fmt::format("{}:{}: {}", source, safe.error().line, safe.error().what), way_out(nullptr));
  try {
    return toml::parse(*safe, std::string_view{source});
  } catch (const toml::parse_error& error) {
    toml_problem(source, error.source(), error.description(), way_out(&error.source().begin));
  }
}

void toml_problem(const std::string& source, const toml::source_region& where, std::string_view what,
                  const std::string& way_out) {
  usage(fmt::format("{}:{}: {}", source, where.begin.line, what), way_out);
}

std::string unknown_key(std::string_view key, std::string_view section) {
  return fmt::format("unknown key \"{}\"{}", key, section.empty() ? "" : fmt::format(" in [{}]", section));
}

}  // namespace quasimodem::app
