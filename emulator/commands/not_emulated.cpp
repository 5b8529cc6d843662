// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/not_emulated.hpp"

namespace quasimodem::commands {
namespace {

using atcmd::Line;

constexpr atcmd::Meaning kDone[] = {{0, "done"}};
constexpr Line kFtpLines[] = {
    {"+QFTPOPEN:<ftp result>", Line::urc, "AT+QFTPOPEN: logged in, or not", "", "ftp result", kDone},
    {"+QFTPCFG:<ftp result>", Line::urc, "AT+QFTPCFG is done", "", "ftp result", kDone},
    {"+QFTPPATH:<ftp result>", Line::urc, "AT+QFTPPATH is done", "", "ftp result", kDone},
    {"+QFTPSIZE:<octets or error>", Line::urc, "size of the file"},
    {"+QFTPGET:<octets or error>", Line::urc, "the file was fetched"},
    {"+QFTPPUT:<octets or error>", Line::urc, "the file was sent"},
    {"+QFTPCLOSE:<ftp result>", Line::urc, "the FTP session has ended", "", "ftp result", kDone},
};
constexpr NotEmulated kNotEmulated[] = {
    {"+QFTP", "the module's FTP client", "FTP note", kFtpLines},
    {"+QSMTP", "the module's mail client", "SMTP note"},
    {"+CMUX", "several channels on one UART (GSM 07.10)", "M66 3.7"},
};

}  // namespace

std::span<const NotEmulated> not_emulated() { return kNotEmulated; }

}  // namespace quasimodem::commands
