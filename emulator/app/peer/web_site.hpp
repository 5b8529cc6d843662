// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/http/server.hpp"

namespace quasimodem::app {

/// What `quasimodem peer http` serves: the files of a folder, or without one a few pages to try a module with. What is
/// posted comes back.
std::shared_ptr<net::http::Site> web_site(const std::optional<std::string>& root);

/// The pages, for the command's help: `/hello`, and what it is.
inline constexpr std::string_view kPages =
    R"(  /            a greeting
  /hello       the word hello, with its length
  /chunked     in chunks
  /close       until the connection ends
  /moved       a redirect to /hello
  /silent      never answers
  /bytes/N     N octets, the digits in turn, at most 16777216
  /status/N    that status)";

}  // namespace quasimodem::app
