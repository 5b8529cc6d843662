// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/all.hpp"

#include <vector>

#include "emulator/device/model_profile.hpp"

namespace quasimodem::commands {

static_assert(atcmd::kFirstModels ==
              (bit(device::Model::m10) | bit(device::Model::m66) | bit(device::Model::m85) | bit(device::Model::m95)));

std::span<const atcmd::Family> all_families() {
  static const std::vector<atcmd::Family> families{
      kBasicFamily,         kIdentityFamily, kSerialFamily, kGeneralFamily,       kNetworkFamily,
      kIndicatorsFamily,    kLocationFamily, kSimFamily,    kOperatorFamily,      kOperatorListsFamily,
      kPacketDomainFamily,  kClockFamily,    kAlarmFamily,  kHardwareFamily,      kSoundFamily,
      kTcpIpFamily,         kSocketFamily,   kServerFamily, kNamesFamily,         kSslFamily,
      kSecurityFilesFamily, kMessagesFamily, kCallsFamily,  kSupplementaryFamily, kForwardingFamily,
      kPhonebookFamily,     kFilesFamily,
  };
  return families;
}

}  // namespace quasimodem::commands
