// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "net/http/url.hpp"

namespace quasimodem::net::http {

/// What goes to a server, whole: head and body.
struct Request {
  std::string line;  ///< `GET /hello HTTP/1.1`, for the journal
  Bytes octets;
  bool answered_without_body = false;  ///< HEAD
};

inline constexpr std::string_view kUsualContentType = "application/x-www-form-urlencoded";

Request get(const Url& url);
Request post(const Url& url, ByteSpan body, std::string_view content_type = kUsualContentType);
/// One that the TE wrote itself, head and body. Nothing when it does not begin with a request line and a head.
tl::expected<Request, std::string_view> own(ByteSpan octets);

}  // namespace quasimodem::net::http
