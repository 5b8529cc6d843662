// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/device/sms/alphabet.hpp"

// AT+CSCS: how text crosses the serial line (M66 2.22, 27.007 5.5).
namespace quasimodem::commands {

/// What the TE typed; nothing when it is no text of this set.
std::optional<device::sms::Text> typed_text(std::string_view typed, std::string_view character_set);
/// For the TE; `?` for what the set does not have.
std::string shown_text(const device::sms::Text& text, std::string_view character_set);

/// Numbers are text in UCS2 only. ASSUMED: hosts that set HEX send them plain (OBSERVED: TinyGSM does), and plain
/// digits are taken in UCS2 as well.
std::string typed_number(std::string_view typed, std::string_view character_set);
std::string shown_number(std::string_view number, std::string_view character_set);

}  // namespace quasimodem::commands
