// SPDX-License-Identifier: Apache-2.0
#include "net/bearer_rules.hpp"

#include <fmt/core.h>

#include "core/same_word.hpp"
#include "core/whole_number.hpp"

namespace quasimodem::net {

std::string comparable_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return lower_case(host);
}

tl::expected<HostPort, std::string> HostPort::parse(std::string_view text) {
  if (text.find("://") != std::string_view::npos) {
    return tl::unexpected{fmt::format("\"{}\" is a URL; HOST or HOST:PORT is wanted", text)};
  }
  const auto colon = text.find(':');
  if (colon != text.rfind(':')) {
    return tl::unexpected{fmt::format("\"{}\" is not HOST or HOST:PORT; the module knows IPv4 only", text)};
  }
  const auto host = text.substr(0, colon);
  if (host.empty()) return tl::unexpected{fmt::format("\"{}\" names no host", text)};
  if (host.find_first_of(" \t=/") != std::string_view::npos) {
    return tl::unexpected{fmt::format("\"{}\" is not HOST or HOST:PORT", text)};
  }
  if (colon == std::string_view::npos) return HostPort{std::string{host}, std::nullopt};

  const auto digits = text.substr(colon + 1);
  const auto port = whole_number<std::uint16_t>(digits);
  if (!port || *port == 0) return tl::unexpected{fmt::format("\"{}\" is not a port from 1 to 65535", digits)};
  return HostPort{std::string{host}, port};
}

bool HostPort::names(std::string_view other_host) const { return comparable_host(host) == comparable_host(other_host); }

bool HostPort::covers(std::string_view other_host, std::uint16_t other_port) const {
  return (!port || *port == other_port) && names(other_host);
}

tl::expected<HostMapping, std::string> HostMapping::parse(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    return tl::unexpected{fmt::format("\"{}\" is not HOST[:PORT]=HOST:PORT", text)};
  }
  auto from = HostPort::parse(text.substr(0, equals));
  if (!from) return tl::unexpected{from.error()};
  auto to = HostPort::parse(text.substr(equals + 1));
  if (!to) return tl::unexpected{to.error()};
  if (!to->port) return tl::unexpected{fmt::format("\"{}\" needs a port on its right side: HOST:PORT", text)};
  return HostMapping{std::move(*from), std::move(to->host), *to->port};
}

}  // namespace quasimodem::net
