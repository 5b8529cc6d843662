// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace quasimodem::device {
struct FtpFinished;
class MobileEquipment;
}  // namespace quasimodem::device

namespace quasimodem::commands {

/// `+QFTPGET:<n>`, and what this firmware says before it.
std::vector<std::string> ftp_result(const device::MobileEquipment& me, const device::FtpFinished& event);

}  // namespace quasimodem::commands
