// SPDX-License-Identifier: Apache-2.0
#include "net/http/request.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace quasimodem::net::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

// ASSUMED: the fields and their order, from the maker's own HTTP client in the SDK (services.md 2.3).
std::string head(std::string_view line, const Url& url) {
  return fmt::format(
      "{}\r\n"
      "Host: {}\r\n"
      "Accept: */*\r\n"
      "User-Agent: QUECTEL_MODULE\r\n"
      "Connection: Keep-Alive\r\n",
      line, url.authority());
}

}  // namespace

Request get(const Url& url) {
  Request request{.line = fmt::format("GET {} HTTP/1.1", url.target), .octets = {}};
  append(request.octets, head(request.line, url));
  append(request.octets, kLineEnd);
  return request;
}

Request post(const Url& url, ByteSpan body, std::string_view content_type) {
  Request request{.line = fmt::format("POST {} HTTP/1.1", url.target), .octets = {}};
  append(request.octets, head(request.line, url));
  append(request.octets, fmt::format("Content-Length: {}\r\nContent-Type: {}\r\n\r\n", body.size(), content_type));
  append(request.octets, body);
  return request;
}

tl::expected<Request, std::string_view> own(ByteSpan octets) {
  const auto text = as_text(octets);
  const auto line = text.substr(0, text.find(kLineEnd));
  const bool two_blanks = std::count(line.begin(), line.end(), ' ') == 2;
  if (!two_blanks || line.find(" HTTP/1.") == std::string_view::npos)
    return tl::unexpected{std::string_view{"it does not begin with a request line"}};
  if (text.find(kHeadEnd) == std::string_view::npos)
    return tl::unexpected{std::string_view{"no empty line ends its head"}};
  return Request{.line = std::string{line},
                 .octets = {octets.begin(), octets.end()},
                 .answered_without_body = line.starts_with("HEAD ")};
}

}  // namespace quasimodem::net::http
