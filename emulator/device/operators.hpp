// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace quasimodem::device {

/// A network as the firmware knows it, AT+COPN.
struct Operator {
  std::string_view number;      ///< MCC and MNC
  std::string_view name;        ///< at most 16 characters
  std::string_view short_name;  ///< at most 8
};

/// Ascending by number. ASSUMED: which ones; a firmware has hundreds, as of the year of its release.
std::span<const Operator> known_operators();
/// Null when there is none of that number.
const Operator* operator_of(std::string_view number);

}  // namespace quasimodem::device
