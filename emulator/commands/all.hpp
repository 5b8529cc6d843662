// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

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

std::span<const atcmd::Family> all_families();

}  // namespace quasimodem::commands
