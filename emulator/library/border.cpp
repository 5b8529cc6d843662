// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/border.hpp"

#include <algorithm>
#include <array>

namespace quasimodem::library {
namespace {

thread_local std::array<char, 2048>
    last_text{};  // the longest are those of a configuration, with the lines that are meant

bool continues_a_character(char octet) { return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80; }

}  // namespace

qm_result failed(qm_result result, std::string_view text) noexcept {
  auto size = std::min(text.size(), last_text.size() - 1);
  while (size < text.size() && size > 0 && continues_a_character(text[size])) --size;
  text.copy(last_text.data(), size);
  last_text[size] = '\0';
  return result;
}

const char* error_text() noexcept { return last_text.data(); }

}  // namespace quasimodem::library
