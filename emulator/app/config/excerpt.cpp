// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/config/excerpt.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "emulator/app/base/arguments.hpp"

namespace quasimodem::app {
namespace {

/// UTF-8 characters, as near as a terminal's columns are.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

Excerpts::Excerpts(std::string_view text) : lines_{split(std::string{text}, '\n')} {
  for (auto& line : lines_) {
    if (line.ends_with('\r')) line.pop_back();
    std::replace(line.begin(), line.end(), '\t', ' ');  // one column each, as the caret's line has it
  }
}

std::string Excerpts::at(std::size_t line) const {
  return line >= 1 && line <= lines_.size() ? lines_[line - 1] : std::string{};
}

std::string Excerpts::of(std::size_t section, std::size_t line, std::size_t column, std::size_t width) const {
  const auto text = at(line);
  const auto digits = std::to_string(line).size();
  const auto to_end = characters(text) + 1 - std::min(column, characters(text));
  const auto carets = width == 0 ? to_end : width;
  const auto above =
      section > 0 && section < line ? fmt::format("{:>{}} | {}\n", section, digits, at(section)) : std::string{};
  return fmt::format("{}{} | {}\n{:{}} | {:{}}{:^>{}}", above, line, text, "", digits, "", column - 1, "", carets);
}

}  // namespace quasimodem::app
