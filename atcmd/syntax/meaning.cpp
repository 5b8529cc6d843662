// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/meaning.hpp"

#include <algorithm>
#include <cctype>

namespace quasimodem::atcmd {

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view meaning_of(std::span<const Meaning> meanings, std::string_view value) {
  for (const auto& known : meanings) {
    if (same_word(known.value(), value)) return known.text;
  }
  return {};
}

}  // namespace quasimodem::atcmd
