// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace quasimodem::app {

/// The text with control characters as `\xNN`: what somebody typed, a module said or a file holds must not control the
/// terminal or pretend to be another line.
std::string printable(std::string_view text);

}  // namespace quasimodem::app
