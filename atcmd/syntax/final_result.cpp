// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/final_result.hpp"

#include <algorithm>
#include <iterator>

namespace quasimodem::atcmd {

bool is_final_result(std::string_view line) {
  constexpr std::string_view kWhole[] = {"OK", "ERROR", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"};
  constexpr std::string_view kBeginning[] = {"CONNECT", "+CME ERROR:", "+CMS ERROR:"};
  return std::find(std::begin(kWhole), std::end(kWhole), line) != std::end(kWhole) ||
         std::any_of(std::begin(kBeginning), std::end(kBeginning), [&](auto each) { return line.starts_with(each); });
}

}  // namespace quasimodem::atcmd
