// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/calendar.hpp"
#include "core/log.hpp"
#include "tls/detail/owned.hpp"
#include "tls/error.hpp"

namespace quasimodem::tls::detail {

// Uploaded files into the library's structures. PEM (with text around it, CRLF, several in one file) or DER.
// `what` names the file in the reason, such as "client certificate".

/// The trust anchors, in the order in which the library should try them at `clock`. Readable certificates of a bundle
/// are used even when others in it are not.
tl::expected<void, TlsError> load_authorities(ByteSpan file, std::optional<UtcTime> clock, std::string_view what,
                                              const Logger& log, mbedtls_x509_crt& into);

/// An own certificate, or a chain with the own one first. All of it must be readable.
tl::expected<void, TlsError> load_own_chain(ByteSpan file, std::string_view what, mbedtls_x509_crt& into);

/// An RSA key that belongs to `certificate`. Encrypted keys are refused: nobody could give the password.
tl::expected<void, TlsError> load_own_key(ByteSpan file, std::string_view what, const mbedtls_x509_crt& certificate,
                                          mbedtls_pk_context& into);

}  // namespace quasimodem::tls::detail
