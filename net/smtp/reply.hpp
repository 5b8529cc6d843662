// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace quasimodem::net::smtp {

/// What a server answers, of one line or several (RFC 5321 4.2).
struct Reply {
  int code = 0;                    ///< 200–599
  std::vector<std::string> lines;  ///< without the code, at least one

  bool positive() const { return code < 300; }
  bool transient() const { return code >= 400 && code < 500; }
  /// The lines as one, for who tells it.
  std::string text() const;
};

/// Makes replies of what a server sends, in pieces of any size.
class ReplyReader {
 public:
  // ASSUMED: twice what RFC 5321 4.5.3.1.5 allows for a line; and the answer to EHLO of a server with many extensions.
  static constexpr std::size_t kLongestLine = 1024;
  static constexpr std::size_t kLargestReply = 4096;
  static constexpr std::size_t kMostLines = 64;

  void add(ByteSpan bytes) { append(received_, bytes); }
  /// The next whole reply. None: it is still to come, or, if `malformed`, what is there is none.
  std::optional<Reply> next();
  bool malformed() const { return malformed_; }
  /// Octets that belong to no reply that `next` gave.
  bool anything_left() const { return !received_.empty() || !begun_.lines.empty(); }
  void reset() { *this = {}; }

 private:
  std::optional<std::string> take_line();
  /// Whether the line ended the reply.
  bool take(std::string_view line);
  bool reject();

  Bytes received_;
  Reply begun_;
  std::size_t size_ = 0;  ///< of what is begun
  bool malformed_ = false;
};

}  // namespace quasimodem::net::smtp
