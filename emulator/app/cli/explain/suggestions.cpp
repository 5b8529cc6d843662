// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/cli/explain/suggestions.hpp"

#include <string_view>

namespace quasimodem::app {
namespace {

/// `+QSLOPEN` of `+QSLOPEN: 1,0`.
std::string name_in(const std::string& line) { return line.substr(0, line.find_first_of(":=? ")); }

/// `+QSLOPEN`, `At+QSLOPEN`. What begins with AT or at is explained as a command whatever its name.
bool resembles_command(std::string_view name) {
  constexpr std::size_t kLongest = 40;  // no command comes near what is longer
  const auto is = [](char c, char lower) { return (c | 0x20) == lower; };
  if (name.size() > kLongest) return false;
  return name.starts_with('+') || (name.size() > 1 && is(name[0], 'a') && is(name[1], 't'));
}

}  // namespace

std::string Suggestions::for_text(const std::string& line) const { return search_(name_in(line)); }

std::string Suggestions::for_log_line(const std::string& line) {
  const auto name = name_in(line);
  if (!resembles_command(name)) return {};
  if (const auto known = found_.find(name); known != found_.end()) return known->second;
  if (found_.size() == kMostSearches) return {};
  return found_.emplace(name, search_(name)).first->second;
}

}  // namespace quasimodem::app
