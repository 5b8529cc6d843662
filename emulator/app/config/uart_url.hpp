// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace quasimodem::app {

/// `HOST:PORT`; an IPv6 address stands in brackets.
struct HostAddress {
  std::string host;
  std::uint16_t port = 0;

  std::string text() const;
};

/// The ways to the UART: what `--uart URL` can name.
struct PtyUrl {
  std::optional<std::filesystem::path> link;  ///< none: one in the runtime directory
};
struct TcpListenUrl {
  HostAddress address;  ///< port 0: any free one
};
struct TcpUrl {
  HostAddress address;
};
struct Rfc2217Url {
  HostAddress address;  ///< where to listen, as TcpListenUrl
};
struct UnixUrl {
  std::filesystem::path path;
};
struct TtyUrl {
  std::filesystem::path device;
  int baud = 115200;
};
struct StdioUrl {};

using UartUrl = std::variant<PtyUrl, TcpListenUrl, TcpUrl, Rfc2217Url, UnixUrl, TtyUrl, StdioUrl>;

/// Throws Problem with ExitCode::usage; for a scheme that does not exist it suggests one that does. `option` is for the
/// message.
UartUrl read_uart_url(const std::string& text, std::string_view option = "--uart");

/// One way to the UART, for those who explain and complete it.
struct UartForm {
  std::string_view name;     ///< `tcp-listen`
  std::string_view form;     ///< `tcp-listen:HOST:PORT`
  std::string_view meaning;  ///< a phrase
};
std::span<const UartForm> uart_forms();

}  // namespace quasimodem::app
