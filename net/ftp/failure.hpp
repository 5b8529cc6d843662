// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace quasimodem::net::ftp {

/// Why a job of an FTP session failed.
enum class Cause {
  not_connected,    ///< there is no session, or nobody is logged in
  busy,             ///< another job is under way
  bad_name,         ///< it cannot be sent: empty, too long, or with CR, LF or NUL in it
  log_in_refused,   ///< by the server; or it wants an account, which the module does not have
  refused,          ///< by the server, see `code`
  protocol,         ///< what came is no FTP, or no answer to what was asked
  data_connection,  ///< it could not be made, or broke
  broken,           ///< the control connection ended
  timed_out,
};

/// One or two words for a log line and the journal.
std::string_view describe(Cause cause);

struct Failure {
  Cause cause = Cause::broken;
  int code = 0;        ///< the server's, when it said something; else 0
  std::string text{};  ///< the server's words, or ours when it said nothing. May hold any octet of the server's.

  /// One plain line, printable: `refused: 550 No such file.`
  std::string line() const;
};

}  // namespace quasimodem::net::ftp
