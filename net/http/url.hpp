// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace quasimodem::net::http {

inline constexpr std::size_t kLongestHost = 100;

/// `http://host[:port][/path]` or `https://…`.
struct Url {
  bool secure = false;
  std::string host;
  std::uint16_t port = 80;
  std::string target = "/";  ///< what the request line has: path and query

  std::uint16_t usual_port() const { return secure ? 443 : 80; }
  /// As a Host field has it.
  std::string authority() const;
};

enum class UrlProblem {
  form,     ///< another scheme, no host, a user, a fragment of something else
  address,  ///< a host of digits and dots that is no address
};

// ASSUMED: blanks and control characters are no part of a URL, a host has at most 100 characters, and what follows a
// `#` is not sent.
tl::expected<Url, UrlProblem> parse_url(std::string_view text);

}  // namespace quasimodem::net::http
