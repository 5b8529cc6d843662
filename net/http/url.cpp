// SPDX-License-Identifier: Apache-2.0
#include "net/http/url.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "core/ascii.hpp"
#include "core/same_word.hpp"
#include "core/whole_number.hpp"
#include "net/endpoint.hpp"

namespace quasimodem::net::http {
namespace {

constexpr int kHighestPort = 65535;

bool printable(char character) { return character > ' ' && character != '\x7F'; }

bool belongs_to_host(char character) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return letter(character) || is_digit(character) || character == '.' || character == '-' || character == '_';
}

/// Takes what stands before `end` off the front of `text`; nothing when it is not there.
std::string_view cut(std::string_view& text, std::size_t end) {
  const auto part = text.substr(0, end);
  text.remove_prefix(part.size());
  return part;
}

}  // namespace

std::string Url::authority() const { return port == usual_port() ? host : fmt::format("{}:{}", host, port); }

tl::expected<Url, UrlProblem> parse_url(std::string_view text) {
  const tl::unexpected malformed{UrlProblem::form};
  if (!std::all_of(text.begin(), text.end(), &printable)) return malformed;
  constexpr std::string_view kSeparator = "://";
  const auto scheme = cut(text, text.find(kSeparator));
  Url url;
  url.secure = same_word(scheme, "https");
  if (text.empty() || (!url.secure && !same_word(scheme, "http"))) return malformed;
  text.remove_prefix(kSeparator.size());
  text = text.substr(0, text.find('#'));

  auto authority = cut(text, text.find_first_of("/?"));
  url.host = cut(authority, authority.find(':'));
  const bool speakable = std::all_of(url.host.begin(), url.host.end(), &belongs_to_host);
  if (url.host.empty() || url.host.size() > kLongestHost || !speakable) return malformed;
  if (IpAddress::is_meant(url.host) && !IpAddress::parse(url.host)) return tl::unexpected{UrlProblem::address};

  url.port = url.usual_port();
  if (!authority.empty()) {
    const auto port = whole_number<int>(authority.substr(1)).value_or(0);
    if (port < 1 || port > kHighestPort) return malformed;
    url.port = static_cast<std::uint16_t>(port);
  }
  if (!text.empty()) url.target = text.front() == '/' ? std::string{text} : fmt::format("/{}", text);
  return url;
}

}  // namespace quasimodem::net::http
