// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/options/configuration.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/cli/options/run_option_table.hpp"
#include "emulator/app/config/config_file.hpp"

namespace quasimodem::app {
namespace {

std::string text_of_file(const std::string& file) {
  auto text = read_text_file(file, kLargestHandwritten);
  if (text) return std::move(*text);
  usage(fmt::format("the configuration {} cannot be read: {}", file, text.error()),
        "name another one: --config FILE; an empty one: --config /dev/null");
}

/// As the XDG specification has it: paths that are not absolute are ignored.
std::filesystem::path user_file(const Environment& environment) {
  std::filesystem::path base{variable_in(environment, "XDG_CONFIG_HOME")};
  if (!base.is_absolute()) {
    base = variable_in(environment, "HOME");
    if (!base.is_absolute()) return {};
    base /= ".config";
  }
  return base / "quasimodem" / "config.toml";
}

/// A place where there may be a file, and need not.
bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return !file.empty() && std::filesystem::exists(file, ignored);
}

}  // namespace

std::optional<std::string> read_configuration(const std::optional<std::string>& named, const Environment& environment,
                                              Settings& settings) {
  std::string file;
  if (named) {
    file = *named;
  } else if (is_there("quasimodem.toml")) {
    file = "quasimodem.toml";
  } else if (const auto own = user_file(environment); is_there(own)) {
    file = own.string();
  } else {
    return std::nullopt;
  }
  parse_configuration(text_of_file(file), file, run_option_table(), settings);
  return file;
}

}  // namespace quasimodem::app
