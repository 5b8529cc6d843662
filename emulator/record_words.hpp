// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quasimodem::emulator {

/// What a record of the module's flash holds, for a message to people: `the phonebook SM`. None: no module writes a
/// record of that name.
std::optional<std::string> words_of_record(std::string_view name);

}  // namespace quasimodem::emulator
