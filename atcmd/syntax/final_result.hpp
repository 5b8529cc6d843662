// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace quasimodem::atcmd {

/// A final result code of V.250 or 27.007, in words: `OK`, `NO CARRIER`, `CONNECT 9600`, `+CME ERROR: 10`.
bool is_final_result(std::string_view line);

}  // namespace quasimodem::atcmd
