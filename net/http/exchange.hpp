// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

#include "net/http/message_reader.hpp"
#include "net/http/request.hpp"

namespace quasimodem::net::http {

/// A client's side of one request and its response: bytes in, bytes out, no connection. One connection is for one
/// exchange (ASSUMED: the module uses none twice).
class Exchange {
 public:
  explicit Exchange(Request request) : request_{std::move(request)}, response_{request_.answered_without_body} {}

  const std::string& request_line() const { return request_.line; }
  /// What still has to go to the server, and how much of it has gone.
  ByteSpan outgoing() const { return request_.octets; }
  void sent(std::size_t count) { drop_front(request_.octets, count); }
  bool all_sent() const { return request_.octets.empty(); }

  ResponseReader& response() { return response_; }
  const ResponseReader& response() const { return response_; }

 private:
  Request request_;
  ResponseReader response_;
};

}  // namespace quasimodem::net::http
