// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/endpoint.hpp"

namespace quasimodem::net::ftp {

/// `10,0,0,1,4,1`: RFC 959 4.1.2, host and port.
std::string comma_form(const Endpoint& endpoint);

/// The first six numbers between commas in the text, in parentheses or not (RFC 1123 4.1.2.6). None when there are
/// none, one of them is above 255, or the port is 0.
std::optional<Endpoint> find_comma_form(std::string_view text);

/// One that means nothing outside its own network, or only the machine itself.
bool is_private(const IpAddress& address);

}  // namespace quasimodem::net::ftp
