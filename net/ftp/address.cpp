// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/address.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include <fmt/core.h>

#include "core/ascii.hpp"

namespace quasimodem::net::ftp {

namespace {

using Numbers = std::array<std::uint8_t, 6>;

std::optional<Numbers> six_numbers(std::string_view text) {
  Numbers numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) {
      if (text.empty() || text.front() != ',') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (problem != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  return numbers;
}

}  // namespace

std::string comma_form(const Endpoint& endpoint) {
  const auto& octets = endpoint.address.octets;
  return fmt::format("{},{},{},{},{},{}", octets[0], octets[1], octets[2], octets[3], endpoint.port / 256,
                     endpoint.port % 256);
}

std::optional<Endpoint> find_comma_form(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    const auto found = six_numbers(text.substr(at));
    if (!found) continue;
    const auto& n = *found;
    const auto port = static_cast<std::uint16_t>(n[4] * 256 + n[5]);
    if (port == 0) return std::nullopt;
    return Endpoint{IpAddress{{n[0], n[1], n[2], n[3]}}, port};
  }
  return std::nullopt;
}

bool is_private(const IpAddress& address) {
  const auto first = address.octets[0], second = address.octets[1];
  if (first == 0 || first == 10 || first == 127) return true;
  if (first == 192 && second == 168) return true;
  if (first == 169 && second == 254) return true;     // link-local
  if (first == 172 && second / 16 == 1) return true;  // 172.16.0.0/12
  return first == 100 && second / 64 == 1;            // a carrier's NAT, RFC 6598
}

}  // namespace quasimodem::net::ftp
