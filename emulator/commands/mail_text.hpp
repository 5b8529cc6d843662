// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::device {
struct MailSent;
class MobileEquipment;
}  // namespace quasimodem::device

namespace quasimodem::commands {

/// `+QSMTPPUT: <result>`
std::string mail_line(const device::MobileEquipment& me, const device::MailSent& event);

}  // namespace quasimodem::commands
