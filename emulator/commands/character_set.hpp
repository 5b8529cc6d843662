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

/// The name of an operator; what it says is ASCII. 27.007 5.5 converts character strings.
std::string shown_name(std::string_view name, std::string_view character_set);

/// The addresses of 27.005 and the string of AT+CUSD are text in UCS2, as those standards say. ASSUMED: hosts that set
/// HEX send them plain (OBSERVED: TinyGSM does), and plain digits are taken in UCS2 as well.
/// A <number> of 27.007 – of calls, the phonebook, AT+CCFC, AT+CNUM – is digits in every set: its form is what its
/// <type> says, and 27.007 puts only <text> and <alpha> under AT+CSCS. It is taken as text, too.
std::string typed_number(std::string_view typed, std::string_view character_set);
std::string shown_number(std::string_view number, std::string_view character_set);

}  // namespace quasimodem::commands
