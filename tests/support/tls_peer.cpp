// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tls_peer.hpp"

#include "tests/support/pki.hpp"

namespace quasimodem::test {

tls::ServerConfig tls_server() {
  tls::ServerConfig config;
  config.certificate = pki("server.crt");
  config.key = pki("server.key");
  return config;
}

tls::ServerConfig tls_server_demanding_certificates() {
  auto config = tls_server();
  config.client_authentication = tls::ClientAuthentication::require;
  config.client_authorities = pki("ca.crt");
  return config;
}

}  // namespace quasimodem::test
