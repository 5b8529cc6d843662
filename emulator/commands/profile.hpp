// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "emulator/commands/session.hpp"

namespace quasimodem::commands {

/// AT&F: the factory values of everything that AT&F restores.
void restore_factory(Session& session);

/// `<command>=<value>`, `<command>,2=<second value>`, a line each: what AT&W keeps, or all of it.
enum class Extent { stored, everything };
std::string profile_text(const Session& session, Extent extent);
/// And back. Unknown names are skipped: an older program may have written it.
enum class Recall {
  restored_only,  ///< ATZ: leaves AT+IPR, ICF and IFC alone (M66 3.6)
  everything,     ///< power on
};
void recall_profile(Session& session, std::string_view text, Recall recall);

/// AT&W. False when the flash fails.
bool store_profile(Session& session);
/// ATZ and power on: what AT&W has kept, else the factory values.
void recall_profile(Session& session, Recall recall);

}  // namespace quasimodem::commands
