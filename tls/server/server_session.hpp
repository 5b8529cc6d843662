// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "tls/session.hpp"

namespace quasimodem::tls {

enum class ClientAuthentication {
  none,     ///< no certificate is asked for
  request,  ///< none is fine, a bad one is refused
  require,  ///< refused without a good one
};

/// Where a server can stop in the middle of the handshake, everything before being in order.
enum class HandshakePoint {
  hello,         ///< ClientHello was read; ServerHello is due
  certificate,   ///< ServerHello and Certificate were sent; CertificateRequest or ServerHelloDone is due
  key_exchange,  ///< ClientKeyExchange was read; what the client sends after it is not looked at
  finished,      ///< the client's Finished was read; ChangeCipherSpec and Finished are due
};

/// A server to try a module against. Files are PEM or DER.
struct ServerConfig {
  Version lowest = Version::ssl3_0;  ///< cut to what this build speaks, as in ClientConfig
  Version highest = Version::tls1_2;
  std::vector<CipherSuite> suites{kAllCipherSuites.begin(), kAllCipherSuites.end()};  ///< best first

  Bytes certificate;  ///< sent as it is, also when it is no good for a server; its chain may follow in the same file
  Bytes key;

  ClientAuthentication client_authentication = ClientAuthentication::none;
  Bytes client_authorities;  ///< CA certificates for clients; their dates are not looked at

  std::optional<HandshakePoint> stop_at;  ///< for faults: the handshake goes this far
};

/// The other end of the wire: a TLS server. It has no clock, so it does not look at dates.
class ServerSession final : public Session {
 public:
  static tl::expected<std::unique_ptr<ServerSession>, TlsError> create(const ServerConfig& config, RandomSource& random,
                                                                       const Logger& log);

  /// A record with nothing in it, as OpenSSL sends before data under CBC suites of SSL 3.0 and TLS 1.0.
  void write_empty_record();
  /// Asks the client for a new handshake with other demands, as web servers do for a protected path.
  void renegotiate(ClientAuthentication client_authentication);
  /// An alert of the server's own choice, encrypted once the handshake is done; the session is over.
  void send_alert(std::uint8_t description);
  /// At `ServerConfig::stop_at`. Still State::handshaking; nothing that is fed is looked at any more.
  bool stopped() const;
  /// What the client called it in its ClientHello (server_name), if it did.
  const std::optional<std::string>& server_name() const;

 private:
  using Session::Session;
};

}  // namespace quasimodem::tls
