// SPDX-License-Identifier: Apache-2.0
#include "net/http/server.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace quasimodem::net::http {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 14> kReasons{{{200, "OK"},
                                                                     {201, "Created"},
                                                                     {204, "No Content"},
                                                                     {301, "Moved Permanently"},
                                                                     {302, "Found"},
                                                                     {304, "Not Modified"},
                                                                     {400, "Bad Request"},
                                                                     {401, "Unauthorized"},
                                                                     {403, "Forbidden"},
                                                                     {404, "Not Found"},
                                                                     {405, "Method Not Allowed"},
                                                                     {413, "Payload Too Large"},
                                                                     {500, "Internal Server Error"},
                                                                     {503, "Service Unavailable"}}};

std::string chunked(std::string_view content, std::size_t size) {
  std::string octets;
  while (!content.empty()) {
    const auto chunk = content.substr(0, size ? size : content.size());
    octets += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    content.remove_prefix(chunk.size());
  }
  return octets + "0\r\n\r\n";
}

bool without_body(int status) { return status / 100 == 1 || status == 204 || status == 304; }

}  // namespace

std::string_view reason_phrase(int status) {
  const auto* found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& row) { return row.first == status; });
  return found == kReasons.end() ? "Status" : found->second;
}

void ServerSession::receive(ByteSpan bytes) {
  if (over_) return;
  reader_.feed(bytes);
  while (const auto request = reader_.next()) answer(*request);
  if (!reader_.failed()) return;
  append(outgoing_, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  over_ = true;
}

void ServerSession::answer(const ReceivedRequest& request) {
  if (site_->received.size() < site_->most_kept) site_->received.push_back(request);
  if (const auto made = site_->answers ? site_->answers(request) : std::nullopt) return say(*made, request);
  const auto found = site_->resources.find(request.target);
  say(found == site_->resources.end() ? Resource{.status = 404, .content = "not found"} : found->second, request);
}

void ServerSession::say(const Resource& resource, const ReceivedRequest& request) {
  if (resource.silent) return;
  using Framing = Resource::Framing;
  std::string head = fmt::format("HTTP/1.1 {} {}\r\nServer: quasimodem\r\nContent-Type: {}\r\n", resource.status,
                                 reason_phrase(resource.status), resource.content_type);
  if (!resource.location.empty()) head += fmt::format("Location: {}\r\n", resource.location);
  const bool closes = resource.framing == Framing::until_close || !request.keeps_alive;
  head += closes ? "Connection: close\r\n" : "Connection: keep-alive\r\n";
  if (resource.framing == Framing::content_length && !without_body(resource.status))
    head += fmt::format("Content-Length: {}\r\n", resource.content.size());
  if (resource.framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  append(outgoing_, head + "\r\n");
  over_ = closes;
  if (without_body(resource.status) || request.method == "HEAD") return;
  append(outgoing_,
         resource.framing == Framing::chunked ? chunked(resource.content, resource.chunk) : resource.content);
}

}  // namespace quasimodem::net::http
