// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"

namespace quasimodem::tls {

/// RFC 4648 4, padded, in one line.
std::string base64(ByteSpan octets);

/// The inverse; nullopt for what is no base64. Line ends in it are no part of it.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace quasimodem::tls
