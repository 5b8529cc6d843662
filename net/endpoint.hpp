// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quasimodem::net {

enum class Transport { tcp, udp };

/// An IPv4 address; GPRS modules of this generation know no other.
struct IpAddress {
  std::array<std::uint8_t, 4> octets{};

  /// Exactly four decimal parts 0–255, nothing else.
  static std::optional<IpAddress> parse(std::string_view text);
  /// Nothing but digits and dots: an address, if perhaps no good one, and never a name.
  static bool is_meant(std::string_view text);
  std::string text() const;
  auto operator<=>(const IpAddress&) const = default;
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  std::string text() const;  ///< `10.0.0.1:443`
  auto operator<=>(const Endpoint&) const = default;
};

}  // namespace quasimodem::net
