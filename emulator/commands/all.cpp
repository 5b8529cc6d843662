// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/all.hpp"

#include <algorithm>
#include <utility>

#include "emulator/device/model.hpp"

namespace quasimodem::commands {

static_assert(atcmd::kFirstModels ==
              (bit(device::Model::m10) | bit(device::Model::m66) | bit(device::Model::m85) | bit(device::Model::m95)));

Catalogue::Catalogue(std::vector<atcmd::Family> all) : families{std::move(all)} {
  for (const auto& family : families) {
    for (const auto& command : family.commands) {
      if (command.profile) profile.push_back(&command);
    }
  }
}

const atcmd::Command* Catalogue::in_profile(std::string_view name) const {
  const auto found =
      std::find_if(profile.begin(), profile.end(), [name](const auto* each) { return each->name == name; });
  return found == profile.end() ? nullptr : *found;
}

const Catalogue& all_commands() {
  static const Catalogue all{{
      kBasicFamily,         kIdentityFamily, kSerialFamily, kGeneralFamily,       kNetworkFamily,
      kIndicatorsFamily,    kLocationFamily, kSimFamily,    kOperatorFamily,      kOperatorListsFamily,
      kPacketDomainFamily,  kClockFamily,    kAlarmFamily,  kHardwareFamily,      kSoundFamily,
      kTcpIpFamily,         kSocketFamily,   kServerFamily, kNamesFamily,         kSslFamily,
      kSecurityFilesFamily, kMessagesFamily, kCallsFamily,  kSupplementaryFamily, kForwardingFamily,
      kPhonebookFamily,     kFilesFamily,    kHttpFamily,   kFtpFamily,           kMailFamily,
      kMqttFamily,
  }};
  return all;
}

}  // namespace quasimodem::commands
