// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.hpp"
#include "core/secret_bytes.hpp"
#include "tls/cipher_suite.hpp"

namespace quasimodem::tls {

/// <seclevel> of AT+QSSLCFG.
enum class Verification {
  none,    ///< anything that parses is accepted
  server,  ///< the peer's chain must end in `ca_certificates` and be valid at `clock`
};

/// Everything one connection needs to know; a value, taken over when the connection is opened (SSL 2.2.1).
/// The files are PEM or DER exactly as they were uploaded.
struct ClientConfig {
  /// A range that reaches below what this build speaks is cut; a range wholly below it is `TlsFailure::not_supported`.
  Version lowest = Version::ssl3_0;
  Version highest = Version::tls1_2;
  std::vector<CipherSuite> suites{kAllCipherSuites.begin(), kAllCipherSuites.end()};

  Verification verification = Verification::none;
  Bytes ca_certificates;                    ///< with Verification::server
  std::optional<Bytes> client_certificate;  ///< both or neither: sent when the peer asks for it
  std::optional<Bytes> client_key;

  /// The module's RTC for validity dates; none = dates are not looked at (`ignorertctime`).
  std::optional<UtcTime> clock;

  /// What the ClientHello calls the server (server_name, RFC 6066); none: nothing. Its certificate may name another.
  std::optional<std::string> server_name;

  /// Gets one line of the NSS key log format (`CLIENT_RANDOM …`, without line end) per handshake, for packet analysers.
  /// Whoever sets this gives the session's secrets away. Empty = nobody.
  std::function<void(std::string_view line)> key_log;

  /// Overwrites the client key; each copy of the value does so for itself.
  ~ClientConfig() {
    if (client_key) wipe(*client_key);
  }
};

}  // namespace quasimodem::tls
