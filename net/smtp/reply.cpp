// SPDX-License-Identifier: Apache-2.0
#include "net/smtp/reply.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"

namespace quasimodem::net::smtp {
namespace {

/// Of the three digits at the beginning.
std::optional<int> code_of(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return std::nullopt;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (code < 200 || code > 599) return std::nullopt;
  return code;
}

}  // namespace

std::string Reply::text() const {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : " ") + line;
  return text;
}

std::optional<Reply> ReplyReader::next() {
  while (!malformed_) {
    const auto line = take_line();
    if (!line) return std::nullopt;
    if (!take(*line)) continue;
    size_ = 0;
    return std::exchange(begun_, {});
  }
  return std::nullopt;
}

/// A line ends with LF, before which there should be a CR.
std::optional<std::string> ReplyReader::take_line() {
  const auto feed = std::find(received_.begin(), received_.end(), '\n');
  const auto length = static_cast<std::size_t>(feed - received_.begin());
  size_ += feed == received_.end() ? 0 : length;
  if (length > kLongestLine || size_ > kLargestReply) reject();
  if (malformed_ || feed == received_.end()) return std::nullopt;
  std::string line{received_.begin(), feed};
  received_.erase(received_.begin(), feed + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

bool ReplyReader::take(std::string_view line) {
  const auto code = code_of(line);
  const char mark = line.size() > 3 ? line[3] : ' ';
  if (!code || (mark != ' ' && mark != '-')) return reject();
  if (!begun_.lines.empty() && begun_.code != *code) return reject();
  if (begun_.lines.size() == kMostLines) return reject();
  begun_.code = *code;
  begun_.lines.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
  return mark == ' ';
}

/// Nothing is kept of a server that speaks something else.
bool ReplyReader::reject() {
  malformed_ = true;
  received_ = {};
  begun_ = {};
  return false;
}

}  // namespace quasimodem::net::smtp
