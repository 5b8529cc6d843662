// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/rows.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::app {
namespace {

constexpr std::size_t kTime = 8;         // and two blanks
constexpr std::size_t kLeftColumn = 50;  // where there is room for it
constexpr std::size_t kNarrow = 100;     // below this both columns share what there is
constexpr std::size_t kLeast = 10;
constexpr auto kAny = static_cast<std::size_t>(-1);
constexpr std::size_t kLongestLine = 1024;  // bytes without a line end are data

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

struct Fitting {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

/// What the characters at the beginning have that fit into `most` columns. East Asian ones and most emoji take two;
/// {fmt} knows which, and pads all others to that.
Fitting fitting(std::string_view text, std::size_t most) {
  Fitting taken;
  while (taken.bytes < text.size()) {
    const auto rest = text.substr(taken.bytes);
    const auto next = std::find_if(rest.begin() + 1, rest.end(), &begins_character);
    const auto character = rest.substr(0, static_cast<std::size_t>(next - rest.begin()));
    const auto wide = character.size() == 1 ? 1 : character.size() + 2 - fmt::formatted_size("{:>2}", character);
    if (taken.columns + wide > most) break;
    taken.bytes += character.size();
    taken.columns += wide;
  }
  return taken;
}

std::size_t columns_of(std::string_view text) { return fitting(text, kAny).columns; }
std::size_t bytes_of(std::string_view text, std::size_t columns) { return fitting(text, columns).bytes; }

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string{text};
  return std::string{text.substr(0, bytes_of(text, columns - 1))} + "\xE2\x80\xA6";
}

/// Takes the words that fit, or as much of the first one.
std::string_view take_words(std::string_view& text, std::size_t columns) {
  auto end = text.size();
  auto next = end;
  if (columns_of(text) > columns) {
    next = end = bytes_of(text, columns);
    const auto blank = text.rfind(' ', end);
    if (blank != std::string_view::npos && blank > 0) next = (end = blank) + 1;
  }
  const auto words = text.substr(0, end);
  text.remove_prefix(next);
  return words;
}

struct Columns {
  std::size_t whole;  ///< behind the time
  std::size_t left;
  std::size_t right;
};

Columns columns_in(std::size_t width) {
  if (width == 0) return {kAny, kLeftColumn, kAny};
  const auto whole = std::max(width, kTime + 2 + 2 * kLeast + 2) - kTime - 2;
  const auto left = width >= kNarrow ? kLeftColumn : (whole - 2) / 2;
  return {whole, left, whole - left - 2};
}

}  // namespace

Ink ink_of_module_line(std::string_view line) {
  constexpr std::string_view kDigits = "0123456789";
  const auto minus = line.rfind(",-");  // +QSSLOPEN: 1,-2
  const auto code = minus == std::string_view::npos ? std::string_view{} : line.substr(minus + 2);
  const bool negative = !code.empty() && code.find_first_not_of(kDigits) == std::string_view::npos;
  constexpr std::string_view kBad[] = {"ERROR", "+PDP DEACT", "NO CARRIER"};
  const bool bad = negative || std::find(std::begin(kBad), std::end(kBad), line) != std::end(kBad) ||
                   line.starts_with("+CME ERROR") || line.starts_with("+CMS ERROR") || line.ends_with(" FAIL");
  return bad ? Ink::error : Ink::module;
}

std::string Rows::painted(Ink ink, std::string_view text) const {
  constexpr std::string_view kCodes[] = {"0", "1;36", "32", "1;31", "33", "2", "1;35"};
  if (coloring_ == Coloring::plain || ink == Ink::none || text.empty()) return std::string{text};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(ink)], text);
}

std::string Rows::heading(std::string_view title, std::string_view right) const {
  const auto columns = columns_in(width_ ? width_() : 0);
  return fmt::format("  {}\n\n{}  {:<{}}  {}\n", painted(Ink::host, title), painted(Ink::faint, "       s"),
                     "> host   < module", columns.left, right);
}

std::string Rows::row(double seconds, Ink ink, std::string_view left, std::string_view right, Ink right_ink) const {
  const auto columns = columns_in(width_ ? width_() : 0);
  const bool alone = right.empty() || columns.right == columns.whole;
  const auto shown = cut(left, alone ? columns.whole : columns.left);
  auto text = fmt::format("{}  {}", painted(Ink::faint, fmt::format("{:{}.3f}", seconds, kTime)), painted(ink, shown));
  auto at = columns_of(shown);
  while (!right.empty()) {
    const auto words = take_words(right, columns.right);
    text += std::string(std::max(at, columns.left) - at + 2, ' ') + painted(right_ink, words);
    if (right.empty()) break;
    text += "\n" + std::string(kTime + 2, ' ');
    at = 0;
  }
  return text + "\n";
}

void SaidLines::hear(std::string_view words, const Show& show) {
  for (const char c : words) {
    if (c == '\r' || c == '\n' || begun_.size() >= kLongestLine) finish(show);
    if (c != '\r' && c != '\n') begun_ += c;
  }
  if (begun_ != "> ") return;
  begun_ = ">";
  finish(show);
}

void SaidLines::finish(const Show& show) {
  if (const auto line = std::exchange(begun_, {}); !line.empty()) show(line);
}

}  // namespace quasimodem::app
