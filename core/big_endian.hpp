// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace quasimodem {

/// The bytes of a number, the highest first: the order of networks, of smart cards and of our own records.
template <std::unsigned_integral Number>
constexpr std::array<std::uint8_t, sizeof(Number)> to_be(Number number) {
  std::array<std::uint8_t, sizeof(Number)> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(number >> (8 * (bytes.size() - 1 - i)));
  }
  return bytes;
}

/// The same, over the first bytes of `to`, which has as many.
template <std::unsigned_integral Number>
constexpr void put_be(std::span<std::uint8_t> to, Number number) {
  const auto bytes = to_be(number);
  std::copy(bytes.begin(), bytes.end(), to.begin());
}

/// The number in the first bytes of `from`, which has as many.
template <std::unsigned_integral Number>
constexpr Number get_be(std::span<const std::uint8_t> from) {
  Number number = 0;
  for (const auto byte : from.first(sizeof(Number))) number = static_cast<Number>(number << 8U | byte);
  return number;
}

}  // namespace quasimodem
