// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/printable.hpp"

#include <fmt/core.h>

namespace quasimodem::app {

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7F) {
      result += fmt::format("\\x{:02x}", code);
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace quasimodem::app
