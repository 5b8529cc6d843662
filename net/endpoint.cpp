// SPDX-License-Identifier: Apache-2.0
#include "net/endpoint.hpp"

#include <fmt/core.h>

#include "core/whole_number.hpp"

namespace quasimodem::net {
namespace {

constexpr std::size_t kMaxPartDigits = 3;

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  for (std::size_t part = 0; part < address.octets.size(); ++part) {
    const auto dot = text.find('.');
    const bool last = part + 1 == address.octets.size();
    if (last != (dot == std::string_view::npos)) return std::nullopt;

    const auto digits = text.substr(0, dot);
    if (digits.empty() || digits.size() > kMaxPartDigits) return std::nullopt;
    const auto octet = whole_number<std::uint8_t>(digits);
    if (!octet) return std::nullopt;
    address.octets[part] = *octet;
    if (!last) text.remove_prefix(dot + 1);
  }
  return address;
}

bool IpAddress::is_meant(std::string_view text) {
  return text.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string IpAddress::text() const { return fmt::format("{}.{}.{}.{}", octets[0], octets[1], octets[2], octets[3]); }

std::string Endpoint::text() const { return fmt::format("{}:{}", address.text(), port); }

}  // namespace quasimodem::net
