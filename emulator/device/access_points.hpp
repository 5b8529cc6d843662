// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace quasimodem::device {

/// The access points (APN) that the network knows. Names compare without case (23.003 9.1: they are domain names).
class AccessPoints {
 public:
  AccessPoints() = default;  ///< every name leads to the network
  explicit AccessPoints(std::vector<std::string> names) : names_{std::move(names)} {}

  /// `internet,iot.example`: names of 1 to 100 printable characters without blank and quote. Nothing at all: any. The
  /// error says which name is none.
  static tl::expected<AccessPoints, std::string> parse(std::string_view list);

  const std::vector<std::string>& names() const { return names_; }
  bool has(std::string_view name) const;
  /// Why the network refuses a name that it does not have, for the log.
  std::string refusal(std::string_view name) const;
  void add(const AccessPoints& others);
  /// As `parse` takes it.
  std::string text() const;

 private:
  std::vector<std::string> names_;
};

}  // namespace quasimodem::device
