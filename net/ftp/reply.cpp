// SPDX-License-Identifier: Apache-2.0
#include "net/ftp/reply.hpp"

#include <algorithm>
#include <utility>

#include "core/ascii.hpp"

namespace quasimodem::net::ftp {

namespace {

/// `220 text`, `220-text`, and `220` alone, which servers send too.
std::optional<int> code_of(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return std::nullopt;
  if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return std::nullopt;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return code >= 100 && code < 600 ? std::optional{code} : std::nullopt;
}

std::string_view text_of(std::string_view line) { return line.substr(std::min<std::size_t>(line.size(), 4)); }
bool goes_on(std::string_view line) { return line.size() > 3 && line[3] == '-'; }

}  // namespace

std::optional<Reply> ReplyReader::next(ByteSpan& bytes) {
  while (!bytes.empty() && problem_.empty()) {
    const auto byte = static_cast<char>(bytes.front());
    bytes = bytes.subspan(1);
    if (++length_ > kReplyLimit) {
      problem_ = "a reply without end";
    } else if (byte == '\n') {
      if (auto reply = end_of_line()) return reply;
    } else if (line_.size() == kLineLimit) {
      problem_ = "a line without end";
    } else {
      line_ += byte;
    }
  }
  return std::nullopt;
}

std::optional<Reply> ReplyReader::end_of_line() {
  const auto whole = std::exchange(line_, {});
  std::string_view line{whole};
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);  // a lone LF ends a line as well
  return open_ ? further_line(line) : first_line(line);
}

std::optional<Reply> ReplyReader::first_line(std::string_view line) {
  const auto code = code_of(line);
  if (!code) {
    problem_ = "what came is no FTP reply";
    return std::nullopt;
  }
  open_ = Reply{*code, std::string{text_of(line)}};
  return goes_on(line) ? std::nullopt : std::optional{conclude({})};
}

std::optional<Reply> ReplyReader::further_line(std::string_view line) {
  // Between them anything may stand, other codes too.
  if (code_of(line) != open_->code || goes_on(line)) return std::nullopt;
  return conclude(text_of(line));
}

Reply ReplyReader::conclude(std::string_view last_text) {
  auto reply = *std::exchange(open_, std::nullopt);
  if (!last_text.empty()) reply.text = last_text;
  length_ = 0;
  return reply;
}

}  // namespace quasimodem::net::ftp
