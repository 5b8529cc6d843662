// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <variant>

namespace quasimodem::device {

/// Why a command of FTP failed.
enum class FtpError {
  not_open,         ///< there is no connection
  busy,             ///< another one is under way, or the connection is open already
  network,          ///< the context, the name or the control connection
  log_in,           ///< refused
  refused,          ///< by the server
  protocol,         ///< what answers is no FTP server
  data_connection,  ///< it could not be made, or broke
  timed_out,
  name,         ///< it cannot be sent
  file,         ///< the local file cannot be had, read or written
  store_full,   ///< what there was room for is in it
  interrupted,  ///< AT+QFTPCLOSE came meanwhile
};

/// Why a mail was not sent, or an attachment not taken.
enum class MailError {
  incomplete,   ///< no server, no sender or no recipient
  no_network,   ///< the context could not be activated, or it ended
  settings,     ///< an SSL context that is of no use
  unreachable,  ///< no such name, refused, or nobody answered there
  tls,          ///< no handshake
  refused,      ///< the server refused a command, or does not offer what is needed
  protocol,     ///< what the server says is not SMTP, or not in its place
  broken,       ///< the connection ended before the mail was taken
  timed_out,
  unreadable,  ///< an attachment that is not there, or not all of it
  too_many,    ///< an attachment more than there may be
  busy,        ///< another terminal sends a mail meanwhile
};

/// Why a command of a service failed whose numbers nobody has written down.
using ServiceError = std::variant<FtpError, MailError>;

/// One cause, its only declaration: from it come `--service-error NAME=NUMBER`, `quasimodem help service-errors` and
/// the table in docs/fidelity.md. To add one is to add a row.
struct ServiceErrorRow {
  std::string_view name;   ///< `ftp.log-in`
  std::string_view cause;  ///< in words
  ServiceError error;
  int number;                 ///< unless somebody says another
  std::string_view evidence;  ///< for the number; empty: none
};

std::span<const ServiceErrorRow> service_error_rows();
/// Null when there is none of that name.
const ServiceErrorRow* service_error_row(std::string_view name);

/// What stands behind +QFTP… and +QSMTP… instead of 0 or a size.
class ErrorNumbers {
 public:
  // ASSUMED: as a 16-bit number. What is not negative is a result.
  static constexpr int kLowest = -32768;
  static constexpr int kHighest = -1;

  int of(ServiceError error) const;
  void set(const ServiceErrorRow& row, int number) { said_[row.error] = number; }

 private:
  std::map<ServiceError, int> said_;
};

}  // namespace quasimodem::device
