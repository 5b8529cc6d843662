// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <toml++/toml.h>

namespace quasimodem::app {

/// What is said to do, `at` the place where toml++ stopped reading; null when the text was not given to it.
using TomlWayOut = std::function<std::string(const toml::source_position* at)>;

/// What a person's text says. Throws Problem when it is no TOML: `source:line: why`.
toml::table parse_toml(std::string_view text, const std::string& source, const TomlWayOut& way_out);

/// `source:line: what`
[[noreturn]] void toml_problem(const std::string& source, const toml::source_region& where, std::string_view what,
                               const std::string& way_out);

/// `unknown key "KEY" in [SECTION]`; without a section, when that is empty.
std::string unknown_key(std::string_view key, std::string_view section);

}  // namespace quasimodem::app
