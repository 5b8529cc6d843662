// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/uploads.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

namespace quasimodem::commands {

std::optional<std::size_t> announced_upload(std::string_view line) {
  // As the command line reader does it: blanks mean nothing, nor does the case.
  std::string text;
  for (const char c : line) {
    if (c != ' ') text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  // AT+QFUPL, AT+QFWRITE: what is uploaded as an ordinary file may be a key as well.
  std::optional<std::size_t> size;
  for (const std::string_view name : {"+QSECWRITE=", "+QFUPL=", "+QFWRITE="}) {
    const auto at = text.find(name);
    if (at == std::string::npos) continue;
    std::size_t number = 0;
    const auto comma = text.find(',', at + name.size());
    if (comma != std::string::npos) std::from_chars(text.data() + comma + 1, text.data() + text.size(), number);
    size = std::max(size.value_or(0), number);
  }
  return size;
}

}  // namespace quasimodem::commands
