// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/line/line_address.hpp"

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/serial_speed.hpp"
#include "emulator/app/config/uart_url.hpp"

namespace quasimodem::app {
namespace {

using Kind = LineAddress::Kind;

/// The other end of each.
struct Opposite {
  std::string typed;  ///< the option and its value, for messages
  bool names_baud;
  int baud;

  LineAddress operator()(const PtyUrl& url) const {
    if (!url.link) usage(typed + ": which pty?", "its path: pty:PATH, or the path alone");
    return {.kind = Kind::terminal, .where = url.link->string(), .baud = baud};
  }
  LineAddress operator()(const TtyUrl& url) const {
    return {.kind = Kind::terminal, .where = url.device.string(), .baud = names_baud ? url.baud : baud};
  }
  LineAddress operator()(const TcpListenUrl& url) const { return at(Kind::tcp, url.address); }
  LineAddress operator()(const TcpUrl& url) const { return at(Kind::tcp, url.address); }
  LineAddress operator()(const Rfc2217Url& url) const { return at(Kind::rfc2217, url.address); }
  LineAddress operator()(const UnixUrl& url) const {
    return {.kind = Kind::unix_socket, .where = url.path.string(), .baud = baud};
  }
  LineAddress operator()(const StdioUrl&) const {
    usage(typed + ": nobody else can reach this", fmt::format("use {}", kLineForms));
  }

  LineAddress at(Kind kind, const HostAddress& address) const {
    if (address.port == 0) usage(typed + ": nobody listens on port 0", "name the port");
    return {.kind = kind, .where = address.host, .port = address.port, .baud = baud};
  }
};

}  // namespace

std::string LineAddress::text() const {
  switch (kind) {
    case Kind::terminal: return fmt::format("tty:{},{}", where, baud);
    case Kind::tcp: return fmt::format("tcp:{}", HostAddress{where, port}.text());
    case Kind::rfc2217: return fmt::format("rfc2217:{}", HostAddress{where, port}.text());
    case Kind::unix_socket: return fmt::format("unix:{}", where);
  }
  return {};
}

LineAddress read_line_address(const std::string& text, std::string_view option, int baud) {
  const auto typed = fmt::format("{} {}", option, text);
  if (!speed_of(baud)) usage(fmt::format("{} is no baud rate of a serial line", baud), "115200 is the usual one");
  const bool path = text.find(':') == std::string::npos || text.starts_with('/') || text.starts_with('.');
  if (path) {
    if (text.empty() || text == "stdio") return Opposite{typed, false, baud}(StdioUrl{});
    return {.kind = Kind::terminal, .where = text, .baud = baud};
  }
  return std::visit(Opposite{typed, text.find(',') != std::string::npos, baud}, read_uart_url(text, option));
}

}  // namespace quasimodem::app
