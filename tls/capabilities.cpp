// SPDX-License-Identifier: Apache-2.0
#include "tls/capabilities.hpp"

#include <array>

#include <mbedtls/ssl.h>
#include <mbedtls/version.h>

#include "tls/client_session.hpp"
#include "tls/server/server_session.hpp"
#include "tls/server/throwaway_identity.hpp"

namespace quasimodem::tls {
namespace {

/// Carries ciphertext both ways until both are silent.
void exchange(ClientSession& client, ServerSession& server) {
  while (client.outgoing_size() + server.outgoing_size() > 0) {
    server.feed(client.take_outgoing());
    client.feed(server.take_outgoing());
  }
}

/// Why a client and a server of this build do not get `message` across; empty when they do.
std::string obstacle(Version version, CipherSuite suite, RandomSource& random) {
  constexpr std::string_view kMessage = "AT";
  ServerConfig server_config{.lowest = version, .highest = version, .suites = {suite}};
  append(server_config.certificate, throwaway_certificate());
  append(server_config.key, throwaway_key());
  const auto server = ServerSession::create(server_config, random, {});
  if (!server) return server.error().reason;
  const auto client = ClientSession::create({.lowest = version, .highest = version, .suites = {suite}}, random, {});
  if (!client) return client.error().reason;

  (*client)->start();
  exchange(**client, **server);
  if ((*client)->state() == ClientSession::State::failed) return (*client)->error().reason;
  if (!(*client)->write(as_bytes(kMessage))) return "no connection";
  exchange(**client, **server);
  const auto echo = (*server)->read(kMessage.size());
  if ((*server)->version() != version || (*server)->suite() != suite) return "another version or suite was negotiated";
  return as_text(echo) == kMessage ? "" : "data was damaged";
}

}  // namespace

Library library() {
  // Asked at run time: a shared library may be newer than its headers.
  std::array<char, 18> version{};  // the size the function asks for
  mbedtls_version_get_string(version.data());
  Library facts{.version = version.data()};
#if defined(QUASIMODEM_MBEDTLS_LEGACY)
  facts.from_source = true;
#endif
#if defined(MBEDTLS_SSL_EXPORT_KEYS)
  facts.exports_keys = true;
#endif
  return facts;
}

bool speaks(Version version) {
  switch (version) {
#if defined(MBEDTLS_SSL_PROTO_SSL3)  // not Debian's library: the handshake would end in an internal error after
                                     // ServerHelloDone
    case Version::ssl3_0:
#endif
#if defined(MBEDTLS_SSL_PROTO_TLS1)
    case Version::tls1_0:
#endif
#if defined(MBEDTLS_SSL_PROTO_TLS1_1)
    case Version::tls1_1:
#endif
#if defined(MBEDTLS_SSL_PROTO_TLS1_2)
    case Version::tls1_2:
#endif
      return true;
    default: return false;
  }
}

std::vector<Capability> probe(RandomSource& random) {
  std::vector<Capability> cells;
  for (const auto version : kAllVersions) {
    for (const auto suite : kAllCipherSuites) {
      auto why_not = obstacle(version, suite, random);
      cells.push_back({version, suite, why_not.empty(), std::move(why_not)});
    }
  }
  return cells;
}

}  // namespace quasimodem::tls
