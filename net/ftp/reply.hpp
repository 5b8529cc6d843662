// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace quasimodem::net::ftp {

/// What a server says: RFC 959 4.2.
struct Reply {
  int code = 0;      ///< 100–599
  std::string text;  ///< of the last line, or of the first when that has none; at most ReplyReader::kLineLimit octets

  int kind() const { return code / 100; }
  bool preliminary() const { return kind() == 1; }
  bool completed() const { return kind() == 2; }
  bool wants_more() const { return kind() == 3; }
  bool refused() const { return kind() >= 4; }
};

/// Takes a control connection apart into replies, however it is cut into pieces. Keeps one line and the beginning of
/// one reply, never more.
class ReplyReader {
 public:
  // ASSUMED: longer than any that a server's operator writes; no source bounds what the module takes.
  static constexpr std::size_t kLineLimit = 1024;
  static constexpr std::size_t kReplyLimit = 32768;  ///< octets of all lines of one reply

  /// Takes bytes from the front of `bytes` up to the end of a reply. None when there is no whole one yet, with all of
  /// `bytes` taken; or when this is no FTP server, see problem().
  std::optional<Reply> next(ByteSpan& bytes);

  /// Why nothing more is read; empty while all is well.
  std::string_view problem() const { return problem_; }

 private:
  std::optional<Reply> end_of_line();
  std::optional<Reply> first_line(std::string_view line);
  std::optional<Reply> further_line(std::string_view line);
  Reply conclude(std::string_view last_text);

  std::string line_;
  std::size_t length_ = 0;     ///< of the reply so far
  std::optional<Reply> open_;  ///< one of several lines, of which the last is still to come
  std::string_view problem_;
};

}  // namespace quasimodem::net::ftp
