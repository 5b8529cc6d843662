// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/uart_url.hpp"

#include <string_view>
#include <sys/un.h>
#include <vector>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/serial_speed.hpp"

namespace quasimodem::app {
namespace {

constexpr std::string_view kLoopback = "127.0.0.1";

struct Scheme {
  UartForm form;
  UartUrl (*read)(const std::string& url, std::string_view rest, std::string_view form);
};

/// `url` with its option, as typed.
[[noreturn]] void malformed(const std::string& url, std::string_view what, std::string_view form) {
  usage(fmt::format("{}: {}", url, what), fmt::format("the form is {}", form));
}

enum class AnyPort { allowed, refused };

HostAddress read_address(const std::string& url, std::string_view rest, std::string_view form, AnyPort any_port) {
  if (rest.starts_with("//")) rest.remove_prefix(2);  // as other programs spell it
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos) malformed(url, "there is no port", form);
  auto host = rest.substr(0, colon);
  const auto port = whole_number<int>(rest.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) {
    malformed(url, fmt::format("\"{}\" is no port; ports are 0 to 65535", rest.substr(colon + 1)), form);
  }
  if (*port == 0 && any_port == AnyPort::refused) malformed(url, "nobody listens on port 0", form);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!bracketed && host.find(':') != std::string_view::npos) {
    malformed(url, "an IPv6 address stands in brackets, as in [::1]:7000", form);
  }
  return {std::string{host.empty() ? kLoopback : host}, static_cast<std::uint16_t>(*port)};
}

UartUrl read_pty(const std::string&, std::string_view rest, std::string_view) {
  if (rest.empty()) return PtyUrl{};
  return PtyUrl{std::filesystem::path{rest}};
}
/// That of an address.
template <class Url, AnyPort any_port>
UartUrl read_of_address(const std::string& url, std::string_view rest, std::string_view form) {
  return Url{read_address(url, rest, form, any_port)};
}

UartUrl read_unix(const std::string& url, std::string_view rest, std::string_view form) {
  if (rest.empty()) malformed(url, "there is no path", form);
  constexpr auto kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (rest.size() > kLongest) {
    malformed(url, fmt::format("the path has {} bytes; a UNIX socket's has {} at most", rest.size(), kLongest), form);
  }
  return UnixUrl{std::filesystem::path{rest}};
}

UartUrl read_tty(const std::string& url, std::string_view rest, std::string_view) {
  constexpr std::string_view kForm = "tty:PATH or tty:PATH,BAUD";
  TtyUrl tty;
  const auto comma = rest.rfind(',');
  if (comma != std::string_view::npos) {
    const auto baud = whole_number<int>(rest.substr(comma + 1));
    if (!baud || !speed_of(*baud)) {
      malformed(url, fmt::format("\"{}\" is no baud rate of a tty", rest.substr(comma + 1)), kForm);
    }
    tty.baud = *baud;
    rest = rest.substr(0, comma);
  }
  if (rest.empty()) malformed(url, "there is no device", kForm);
  tty.device = std::filesystem::path{rest};
  return tty;
}

UartUrl read_stdio(const std::string& url, std::string_view rest, std::string_view form) {
  if (!rest.empty()) malformed(url, "nothing comes behind stdio", form);
  return StdioUrl{};
}

constexpr Scheme kSchemes[] = {
    {{"pty", "pty:[LINK]", "a pseudo terminal; without LINK its link is in the runtime directory"}, &read_pty},
    {{"tcp-listen", "tcp-listen:HOST:PORT", "raw bytes, the module listens"},
     &read_of_address<TcpListenUrl, AnyPort::allowed>},
    {{"tcp", "tcp:HOST:PORT", "raw bytes, the module connects, and again when the connection ends"},
     &read_of_address<TcpUrl, AnyPort::refused>},
    {{"rfc2217", "rfc2217:HOST:PORT", "with every modem line; the module listens"},
     &read_of_address<Rfc2217Url, AnyPort::allowed>},
    {{"unix", "unix:PATH", "a UNIX socket, mode 0600; the module listens"}, &read_unix},
    {{"tty", "tty:PATH[,BAUD]", "a serial device, wired with a null modem cable; follows AT+IPR"}, &read_tty},
    {{"stdio", "stdio", "standard input and output; the ready line goes to stderr"}, &read_stdio},
};

}  // namespace

std::string HostAddress::text() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::span<const UartForm> uart_forms() {
  static const auto kForms = [] {
    std::vector<UartForm> forms;
    for (const auto& scheme : kSchemes) forms.push_back(scheme.form);
    return forms;
  }();
  return kForms;
}

UartUrl read_uart_url(const std::string& text, std::string_view option) {
  const auto typed = fmt::format("{} {}", option, text);
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  std::vector<std::string> names;
  std::string forms;
  for (const auto& scheme : kSchemes) {
    const bool named = scheme.form.name == name && (colon != std::string::npos || name == "stdio");
    const auto rest = colon == std::string::npos ? "" : std::string_view{text}.substr(colon + 1);
    if (named) return scheme.read(typed, rest, scheme.form.form);
    names.emplace_back(scheme.form.name);
    forms += fmt::format("{}{}", forms.empty() ? "" : ", ", scheme.form.form);
  }
  const auto ways = fmt::format("the ways are {}", forms);
  if (colon == std::string::npos && text.find('/') != std::string::npos) {
    usage(
        fmt::format("{}: a path alone does not say what is there", typed),
        fmt::format("a new pty with this name: pty:{0}; a device that exists: tty:{0}; a UNIX socket: unix:{0}", text));
  }
  usage(fmt::format("{}: not a way to the UART{}", typed, did_you_mean(name, names)), ways);
}

}  // namespace quasimodem::app
