// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace quasimodem::app {

struct TomlFault {
  std::size_t line;  ///< from 1
  std::string_view what;
};

/// The text as toml++ may have it, which says the same, or the first thing in it that would end the program. Where a
/// person may err, toml++ 3.3 has assertions: a section `[=`, `}` in an array, a character beyond ASCII that is neither
/// in a comment nor between quotes. And each part of a key, as `a.b.c` has three, is a table within the one before,
/// whose depth it does not bound. Nothing that is TOML is refused but a key of more than `most_parts`.
tl::expected<std::string, TomlFault> safe_toml(std::string_view text, std::size_t most_parts = 32);

}  // namespace quasimodem::app
