// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace quasimodem::app {

/// The line, from 1, of the first key of more than `most` parts, as `a.b.c` has three; none when there is no such key.
/// Each part is a table within the one before, and toml++ bounds the depth of values only. A text between quotes over
/// several lines is taken for keys too.
std::optional<std::size_t> line_of_long_key(std::string_view toml, std::size_t most = 32);

}  // namespace quasimodem::app
