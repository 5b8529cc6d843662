// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "atcmd/table/command_table.hpp"

namespace quasimodem::commands {

// One family a file, in the order of the manuals.
extern const atcmd::Family kBasicFamily;
extern const atcmd::Family kIdentityFamily;
extern const atcmd::Family kSerialFamily;
extern const atcmd::Family kGeneralFamily;
extern const atcmd::Family kNetworkFamily;
extern const atcmd::Family kIndicatorsFamily;
extern const atcmd::Family kLocationFamily;
extern const atcmd::Family kSimFamily;
extern const atcmd::Family kOperatorFamily;
extern const atcmd::Family kOperatorListsFamily;
extern const atcmd::Family kPacketDomainFamily;
extern const atcmd::Family kClockFamily;
extern const atcmd::Family kAlarmFamily;
extern const atcmd::Family kHardwareFamily;
extern const atcmd::Family kSoundFamily;
extern const atcmd::Family kTcpIpFamily;
extern const atcmd::Family kSocketFamily;
extern const atcmd::Family kServerFamily;
extern const atcmd::Family kNamesFamily;
extern const atcmd::Family kSslFamily;
extern const atcmd::Family kSecurityFilesFamily;
extern const atcmd::Family kMessagesFamily;
extern const atcmd::Family kCallsFamily;
extern const atcmd::Family kSupplementaryFamily;
extern const atcmd::Family kForwardingFamily;
extern const atcmd::Family kPhonebookFamily;
extern const atcmd::Family kFilesFamily;
extern const atcmd::Family kHttpFamily;
extern const atcmd::Family kMqttFamily;
extern const atcmd::Family kFtpFamily;
extern const atcmd::Family kMailFamily;

/// The commands that there are, of all modules.
struct Catalogue {
  explicit Catalogue(std::vector<atcmd::Family> all);

  /// Null when no profile has a command of that name.
  const atcmd::Command* in_profile(std::string_view name) const;

  std::vector<atcmd::Family> families;
  std::vector<const atcmd::Command*> profile;  ///< those that say what becomes of their values in one
};
const Catalogue& all_commands();
inline std::span<const atcmd::Family> all_families() { return all_commands().families; }

}  // namespace quasimodem::commands
