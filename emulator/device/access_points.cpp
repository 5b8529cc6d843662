// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/access_points.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "core/same_word.hpp"

namespace quasimodem::device {
namespace {

constexpr std::size_t kLongest = 100;  // what AT+QICSGP and AT+CGDCONT take

bool is_name(std::string_view text) {
  const auto allowed = [](char c) { return c > ' ' && c <= '~' && c != '"' && c != ','; };
  return !text.empty() && text.size() <= kLongest && std::all_of(text.begin(), text.end(), allowed);
}

}  // namespace

tl::expected<AccessPoints, std::string> AccessPoints::parse(std::string_view list) {
  AccessPoints found;
  if (list.empty()) return found;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    const auto name = list.substr(at, end - at);
    if (!is_name(name)) return tl::unexpected{fmt::format("\"{}\" is not an access point name", name)};
    found.names_.emplace_back(name);
    at = end + 1;
  }
  return found;
}

bool AccessPoints::has(std::string_view name) const {
  return names_.empty() ||
         std::any_of(names_.begin(), names_.end(), [name](const std::string& each) { return same_word(each, name); });
}

std::string AccessPoints::refusal(std::string_view name) const {
  if (name.empty()) return fmt::format("no APN is set; the network knows {}", text());
  return fmt::format("the network does not know the APN \"{}\", only {}", name, text());
}

void AccessPoints::add(const AccessPoints& others) {
  names_.insert(names_.end(), others.names_.begin(), others.names_.end());
}

std::string AccessPoints::text() const {
  std::string list;
  for (const auto& name : names_) list += fmt::format("{}{}", list.empty() ? "" : ",", name);
  return list;
}

}  // namespace quasimodem::device
