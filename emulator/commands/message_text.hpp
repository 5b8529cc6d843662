// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/commands/settings.hpp"
#include "emulator/device/message_store.hpp"

// Messages as AT commands and URCs write them (M66 8, 27.005 3 and 4).
namespace quasimodem::commands {

std::string_view memory_name(device::MessageMemory memory);
/// `REC UNREAD` …
std::string_view state_name(device::MessageState state);

/// What stands after `+CMGR: ` or, with the index, after `+CMGL: `, and the line below it. A report in text mode has
/// none.
struct MessageLines {
  std::string header;
  std::optional<std::string> body;
};
MessageLines message_lines(const device::StoredMessage& message, const Settings& settings);
MessageLines listed_lines(int index, const device::StoredMessage& message, const Settings& settings);

/// `+CMT: …` or `+CDS: …` and the line below it, if there is one.
std::vector<std::string> shown_lines(const Bytes& pdu, const Settings& settings);

}  // namespace quasimodem::commands
