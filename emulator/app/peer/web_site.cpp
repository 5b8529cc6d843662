// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/web_site.hpp"

#include <filesystem>
#include <string_view>
#include <utility>

#include "core/whole_number.hpp"
#include "emulator/app/base/text_file.hpp"

namespace quasimodem::app {
namespace {

using net::http::ReceivedRequest;
using net::http::Resource;

constexpr std::size_t kMostOctets = 16 * 1024 * 1024;

std::string digits(std::size_t count) {
  std::string text(count, '0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>('0' + i % 10);
  return text;
}

/// The number behind a path's beginning, `/bytes/` or `/status/`.
std::optional<std::size_t> number_behind(std::string_view path, std::string_view beginning) {
  if (!path.starts_with(beginning)) return std::nullopt;
  return whole_number<std::size_t>(path.substr(beginning.size()));
}

std::optional<Resource> made_page(const ReceivedRequest& request) {
  if (!request.body.empty()) return Resource{.content = std::string{as_text(request.body)}};
  if (const auto size = number_behind(request.target, "/bytes/"); size && *size <= kMostOctets)
    return Resource{.content = digits(*size), .content_type = "application/octet-stream"};
  constexpr std::size_t kLowest = 200, kHighest = 599;
  const auto status = number_behind(request.target, "/status/");
  if (status && *status >= kLowest && *status <= kHighest)
    return Resource{.status = static_cast<int>(*status), .content = "as you asked"};
  return std::nullopt;
}

/// Nothing above the folder is served, nor what a link leads to outside.
std::optional<Resource> file_below(const std::string& root, const ReceivedRequest& request) {
  if (!request.body.empty()) return Resource{.content = std::string{as_text(request.body)}};
  std::error_code error;
  const auto folder = std::filesystem::canonical(root, error);
  auto path = request.target.substr(0, request.target.find('?'));
  if (path.ends_with('/')) path += "index.html";
  const auto file = std::filesystem::canonical(root + path, error);
  if (error || !file.native().starts_with(folder.native() + "/") || !is_regular_file(file)) return std::nullopt;
  auto content = read_text_file(file, kMostOctets);
  if (!content) return std::nullopt;
  const bool page = file.extension() == ".html";
  return Resource{.content = std::move(*content), .content_type = page ? "text/html" : "application/octet-stream"};
}

}  // namespace

std::shared_ptr<net::http::Site> web_site(const std::optional<std::string>& root) {
  auto site = std::make_shared<net::http::Site>();
  site->most_kept = 0;
  if (root) {
    site->answers = [root = *root](const ReceivedRequest& request) { return file_below(root, request); };
    return site;
  }
  using Framing = Resource::Framing;
  site->resources = {{"/", {.content = "hello from quasimodem\n"}},
                     {"/hello", {.content = "hello"}},
                     {"/chunked", {.content = "hello, world", .framing = Framing::chunked, .chunk = 5}},
                     {"/close", {.content = "until the end", .framing = Framing::until_close}},
                     {"/moved", {.status = 301, .location = "/hello"}},
                     {"/silent", {.silent = true}}};
  site->answers = &made_page;
  return site;
}

}  // namespace quasimodem::app
