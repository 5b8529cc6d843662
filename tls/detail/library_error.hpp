// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "tls/error.hpp"

namespace quasimodem::tls::detail {

// The only place that knows what mbedTLS's numbers mean; implemented in tls/error.cpp.

/// The library's own words with the number: `X509 - Certificate verification failed… (-0x2700)`.
std::string library_text(int code);

/// The name of an alert with its number, as in RFC 5246 7.2: `bad_certificate (42)`.
std::string alert_text(std::uint8_t description);

/// Words for the MBEDTLS_X509_BADCERT_* bits, except the two about dates (ChainJudge knows more about those).
std::string rejection_text(std::uint32_t flags);

/// What is known beside the number when a call into the library failed on what the peer sent.
struct PeerFailure {
  int code = 0;
  std::string_view ending;         ///< how the stream ended, with MBEDTLS_ERR_SSL_CONN_EOF
  std::uint8_t alert = 0;          ///< description, with MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE
  std::uint32_t verify_flags = 0;  ///< of the peer's chain
  std::string verdict;             ///< ChainJudge's words about that chain, if it was judged
  ByteSpan record_header;          ///< five bytes, for records that make no sense
};
TlsError peer_error(const PeerFailure& failure);

}  // namespace quasimodem::tls::detail
