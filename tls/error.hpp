// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace quasimodem::tls {

/// What went wrong, for deciding; `TlsError::reason` says it in one line for the log.
enum class TlsFailure {
  not_supported,         ///< this build cannot speak the version or none of the suites
  bad_certificate_file,  ///< CA or client certificate does not parse
  bad_key_file,          ///< key does not parse, is encrypted, or does not belong to the certificate
  certificate_rejected,  ///< the peer's chain failed verification
  alert,                 ///< the peer refused with an alert
  protocol,              ///< the peer does not speak TLS, or broke it
  peer_closed,           ///< the stream ended before the handshake was done
  internal,
};

struct TlsError {
  TlsFailure failure = TlsFailure::internal;
  std::string reason;  ///< alert name, certificate subject and why, library text; never key material
};

}  // namespace quasimodem::tls
