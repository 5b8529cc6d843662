// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/service_errors.hpp"

#include <algorithm>

namespace quasimodem::device {
namespace {

constexpr int kUsual = -1;
constexpr std::string_view kSeenByDriver = "a driver has seen it at the end of AT+QSMTPPUT, without a text";
constexpr std::string_view kReleaseNotes = "release notes of the MC60, of AT+QSMTPATT";

// ASSUMED: all numbers but -9 and -12, and which causes those two stand for: no source lists them.
constexpr ServiceErrorRow kRows[] = {
    {"ftp.not-open", "there is no connection", FtpError::not_open, kUsual, ""},
    {"ftp.busy", "another command is under way, or the connection is open already", FtpError::busy, kUsual, ""},
    {"ftp.network", "the context, the name or the control connection failed", FtpError::network, kUsual, ""},
    {"ftp.log-in", "the server refused user or password", FtpError::log_in, kUsual, ""},
    {"ftp.refused", "the server refused the command: no such file, no permission", FtpError::refused, kUsual, ""},
    {"ftp.protocol", "what answers is no FTP server", FtpError::protocol, kUsual, ""},
    {"ftp.data-connection", "the data connection could not be made, or broke", FtpError::data_connection, kUsual, ""},
    {"ftp.timed-out", "the server did not answer in time", FtpError::timed_out, kUsual, ""},
    {"ftp.name", "the name cannot be sent", FtpError::name, kUsual, ""},
    {"ftp.file", "the local file cannot be had, read or written", FtpError::file, kUsual, ""},
    {"ftp.store-full", "the store of files is full", FtpError::store_full, kUsual, ""},
    {"ftp.interrupted", "AT+QFTPCLOSE came meanwhile", FtpError::interrupted, kUsual, ""},
    {"smtp.incomplete", "no server, no sender or no recipient was given", MailError::incomplete, kUsual, ""},
    {"smtp.no-network", "the context could not be activated, or it ended", MailError::no_network, -9, kSeenByDriver},
    {"smtp.settings", "the SSL context is of no use", MailError::settings, kUsual, ""},
    {"smtp.unreachable", "no such name, refused, or nobody answered there", MailError::unreachable, kUsual, ""},
    {"smtp.tls", "no TLS handshake", MailError::tls, kUsual, ""},
    {"smtp.refused", "the server refused a command, or does not offer what is needed", MailError::refused, kUsual, ""},
    {"smtp.protocol", "what answers does not speak SMTP", MailError::protocol, kUsual, ""},
    {"smtp.broken", "the connection ended before the mail was taken", MailError::broken, -9, kSeenByDriver},
    {"smtp.timed-out", "the time of AT+QSMTPPUT was over", MailError::timed_out, -9, kSeenByDriver},
    {"smtp.unreadable", "an attachment is not there, or not all of it", MailError::unreadable, -12, kReleaseNotes},
    {"smtp.too-many", "an attachment more than there may be", MailError::too_many, kUsual, ""},
    {"smtp.busy", "a text or an attachment came while another terminal's mail was under way", MailError::busy, kUsual,
     ""},
};

}  // namespace

std::span<const ServiceErrorRow> service_error_rows() { return kRows; }

const ServiceErrorRow* service_error_row(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const auto& row) { return row.name == name; });
  return found == std::end(kRows) ? nullptr : found;
}

int ErrorNumbers::of(ServiceError error) const {
  if (const auto said = said_.find(error); said != said_.end()) return said->second;
  const auto* row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const auto& each) { return each.error == error; });
  return row->number;
}

}  // namespace quasimodem::device
