// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/all.hpp"

#include <vector>

namespace quasimodem::commands {

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
