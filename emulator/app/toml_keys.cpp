// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/toml_keys.hpp"

#include <algorithm>
#include <cctype>

namespace quasimodem::app {
namespace {

/// Of the quoted text at the beginning, with its quotes; to the end of the line when it has no other quote.
std::size_t length_of_quoted(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size() && text[i] != '\n'; ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return 1;
}

bool is_bare(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-'; }

}  // namespace

std::optional<std::size_t> line_of_long_key(std::string_view toml, std::size_t most) {
  std::size_t line = 1;
  std::size_t parts = 1;
  while (!toml.empty()) {
    const char c = toml.front();
    std::size_t length = 1;
    if (c == '.') {
      if (++parts > most) return line;
    } else if (c == '"' || c == '\'') {
      length = length_of_quoted(toml);
    } else if (!is_bare(c) && c != ' ' && c != '\t') {
      parts = 1;
    }
    line += c == '\n' ? 1 : 0;
    toml.remove_prefix(std::min(length, toml.size()));
  }
  return std::nullopt;
}

}  // namespace quasimodem::app
