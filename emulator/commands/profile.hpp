// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "core/bytes.hpp"
#include "emulator/commands/session.hpp"

namespace quasimodem::commands {

/// One numeric setting under the name that AT&V shows, and what the profile commands do with it.
struct ProfileRow {
  std::string_view name;
  int& (*value)(Settings&);
  bool restored;      ///< AT&F and ATZ set it (M66 16.3, 16.5)
  bool stored;        ///< AT&W keeps it (M66 16.4)
  bool shown = true;  ///< AT&V
};

/// In the order of AT&V, M66 table 2.
std::span<const ProfileRow> profile_rows();

/// AT&F: the factory values of everything that AT&F restores.
void restore_factory(Settings& settings);

/// The record that AT&W writes, and back. Unknown names in a record are skipped: an older program may have written it.
Bytes stored_profile(const Settings& settings);
enum class Recall {
  restored_only,  ///< ATZ: leaves AT+IPR, ICF and IFC alone (M66 3.6)
  everything,     ///< power on
};
void recall_profile(Settings& settings, ByteSpan record, Recall recall);

/// AT&W. False when the flash fails.
bool store_profile(Session& session);
/// ATZ and power on: what AT&W has kept, else the factory values.
void recall_profile(Session& session, Recall recall);

}  // namespace quasimodem::commands
