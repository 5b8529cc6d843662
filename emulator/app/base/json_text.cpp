// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/json_text.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "emulator/app/base/utf8.hpp"

namespace quasimodem::app {

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text.front();
    if (length == 0) {
      quoted += kNoUtf8;
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return quoted + "\"";
}

}  // namespace quasimodem::app
