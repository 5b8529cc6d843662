// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/failure.hpp"

#include <fmt/core.h>

#include "core/bytes.hpp"

namespace quasimodem::net::ftp {

std::string_view describe(Cause cause) {
  switch (cause) {
    case Cause::not_connected: return "not connected";
    case Cause::busy: return "busy";
    case Cause::bad_name: return "bad name";
    case Cause::log_in_refused: return "log-in refused";
    case Cause::refused: return "refused";
    case Cause::protocol: return "no FTP";
    case Cause::data_connection: return "data connection";
    case Cause::broken: return "connection broken";
    case Cause::timed_out: return "timed out";
  }
  return "";
}

std::string Failure::line() const {
  const auto said = escaped(text);
  if (code != 0) return fmt::format("{}: {} {}", describe(cause), code, said);
  return said.empty() ? std::string{describe(cause)} : fmt::format("{}: {}", describe(cause), said);
}

}  // namespace quasimodem::net::ftp
