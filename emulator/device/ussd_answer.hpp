// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::device {

inline constexpr int kHighestUssdMode = 5;  ///< <m>, 27.007 7.15

/// What the network answers to a code or, while it waits for an answer of its own, to what the host says then.
struct UssdAnswer {
  std::string to;    ///< `*100#`, or `*100# 1`: all that the host said in the session; empty: whatever has no other
  std::string text;  ///< UTF-8; may be empty
  int mode = 0;      ///< <m>: 0 that was all, 1 the host is to answer, 2 to 5 ended otherwise

  bool operator==(const UssdAnswer&) const = default;
};

}  // namespace quasimodem::device
