// SPDX-License-Identifier: Apache-2.0
#include "atcmd/syntax/meaning.hpp"

#include "core/same_word.hpp"

namespace quasimodem::atcmd {

std::string_view meaning_of(std::span<const Meaning> meanings, std::string_view value) {
  for (const auto& known : meanings) {
    if (same_word(known.value(), value)) return known.text;
  }
  return {};
}

}  // namespace quasimodem::atcmd
