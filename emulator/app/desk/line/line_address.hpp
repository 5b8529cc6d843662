// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace quasimodem::app {

/// Where a module's UART can be had: the other end of what `--uart` offers, or a serial device.
struct LineAddress {
  enum class Kind { terminal, tcp, rfc2217, unix_socket };

  Kind kind = Kind::terminal;
  std::string where;  ///< a path, or a host
  std::uint16_t port = 0;
  int baud = 115200;  ///< of a terminal and of RFC 2217

  /// As a URL: `tty:/dev/ttyUSB0,115200`, `tcp:HOST:PORT` …
  std::string text() const;
};

inline constexpr std::string_view kLineForms =
    "a terminal device or the link of a running module, tty:PATH[,BAUD], tcp:HOST:PORT, rfc2217:HOST:PORT or unix:PATH";

/// Reads a path or a URL; what the ready line of a module shows is one. `baud` counts where the text names none. Throws
/// Problem with ExitCode::usage; `option` is for the message.
LineAddress read_line_address(const std::string& text, std::string_view option, int baud = 115200);

/// Opens a line as its host: a device raw, at its rate and locked, a socket connected. The descriptor does not block
/// and is the caller's. Throws Problem with ExitCode::environment.
int open_line(const LineAddress& address);

}  // namespace quasimodem::app
