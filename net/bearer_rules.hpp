// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "net/endpoint.hpp"

namespace quasimodem::net {

/// A host, by name or dotted address, and one of its ports or all of them.
struct HostPort {
  std::string host;
  std::optional<std::uint16_t> port;

  /// `HOST` or `HOST:PORT`, port 1–65535. The error is a phrase for the user.
  static tl::expected<HostPort, std::string> parse(std::string_view text);

  /// Hosts compare without case and without a final dot; no port matches every port.
  bool covers(std::string_view other_host, std::uint16_t other_port) const;
  bool names(std::string_view other_host) const;
};

/// `--map FROM=TO`: what the module believes to be FROM is TO in reality.
struct HostMapping {
  HostPort from;
  std::string to_host;
  std::uint16_t to_port = 0;

  /// `HOST[:PORT]=HOST:PORT`. The error is a phrase for the user.
  static tl::expected<HostMapping, std::string> parse(std::string_view text);
};

/// Which part of the real network the module sees, and as what.
struct BearerRules {
  /// Peers the module may reach; empty: everybody. Mapped peers are always allowed.
  std::vector<HostPort> allow;
  /// A mapping of one port goes before a mapping of the whole host, otherwise the first one wins.
  std::vector<HostMapping> map;
  /// The address the network gives the module.
  IpAddress local{{10, 1, 83, 188}};
};

/// The form in which hosts are compared: lower case, without a final dot.
std::string comparable_host(std::string_view host);

}  // namespace quasimodem::net
