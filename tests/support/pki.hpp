// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/bytes.hpp"

namespace quasimodem::test {

/// A file made by tools/make_certs: `ca.crt`, `server.key`, `client.crt` …
Bytes pki(std::string_view name);

/// The <checksum> of AT+QSECWRITE, worked out here once more so that tests do not believe the code they test: the words
/// of at-reference 3.9, one after the other.
std::uint16_t expected_checksum(ByteSpan content);

}  // namespace quasimodem::test
