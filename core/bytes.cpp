// SPDX-License-Identifier: Apache-2.0
#include "core/bytes.hpp"

#include <optional>

namespace quasimodem {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

std::string escaped(ByteSpan bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const auto byte : bytes) {
    switch (byte) {
      case '\r': text += "\\r"; break;
      case '\n': text += "\\n"; break;
      case '\\': text += "\\\\"; break;
      default:
        if (byte >= 0x20 && byte < 0x7F) {
          text += static_cast<char>(byte);
        } else {
          constexpr std::string_view kDigits = "0123456789abcdef";
          text += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 0x0F]};
        }
    }
  }
  return text;
}

Bytes unescaped(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'r' || next == 'n' || next == '\\') {
      bytes.push_back(next == 'r' ? '\r' : next == 'n' ? '\n' : '\\');
      i += 1;
      continue;
    }
    if (next == 'x' && i + 3 < text.size()) {
      const auto high = hex_digit(text[i + 2]);
      const auto low = hex_digit(text[i + 3]);
      if (high && low) {
        bytes.push_back(static_cast<std::uint8_t>(*high << 4 | *low));
        i += 3;
        continue;
      }
    }
    bytes.push_back(static_cast<std::uint8_t>(text[i]));
  }
  return bytes;
}

}  // namespace quasimodem
