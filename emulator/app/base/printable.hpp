// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace quasimodem::app {

/// The text with control characters as `\xNN`: what somebody typed, a module said or a file holds must not control the
/// terminal or pretend to be another line.
std::string printable(std::string_view text);

/// U+FFFD, for what is no UTF-8.
inline constexpr std::string_view kNoUtf8 = "\xEF\xBF\xBD";

/// How long the UTF-8 character at the beginning of `text`, which is not empty, is; 0 when it is none.
std::size_t utf8_length(std::string_view text);

}  // namespace quasimodem::app
