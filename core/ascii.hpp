// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace quasimodem {

/// Of ASCII, whatever the locale.
constexpr bool is_digit(char character) { return character >= '0' && character <= '9'; }

}  // namespace quasimodem
