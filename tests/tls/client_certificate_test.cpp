// SPDX-License-Identifier: Apache-2.0
// <seclevel> 2: the client certificate when the server asks for it.
#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"
#include "tls/capabilities.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

namespace {

ServerConfig asking(ClientAuthentication authentication) {
  auto config = server_config();
  config.client_authentication = authentication;
  config.client_authorities = pki("ca.crt");
  return config;
}

ClientConfig level_2(Version version, std::string_view certificate = "client.crt",
                     std::string_view key = "client.key") {
  return with_identity(verifying(version, "ca.crt"), certificate, key);
}

/// Why no session can be made with this certificate and key; empty when it can.
std::string refusal(const Bytes& certificate, const Bytes& key, TlsFailure expected) {
  auto config = client_config(Version::tls1_2);
  config.client_certificate = certificate;
  config.client_key = key;
  SeededRandom random{1};
  CollectingSink sink;
  const auto client = ClientSession::create(config, random, Logger{sink, "client"});
  if (client) return "";
  CHECK(client.error().failure == expected);
  CHECK(sink.text() == "warning client " + client.error().reason + "\n");
  return client.error().reason;
}

}  // namespace

TEST_CASE("a server that asks gets the client certificate", "[tls][SSL 2.2.1]") {
  struct Identity {
    std::string_view certificate, key, subject;
  };
  for (const auto version : spoken_versions()) {
    for (const auto authentication : {ClientAuthentication::request, ClientAuthentication::require}) {
      for (const auto& each : {Identity{"client.crt", "client.key", "O=quasimodem tests, CN=Test client"},
                               Identity{"client.der", "client.key.der", "O=quasimodem tests, CN=Test client"},
                               Identity{"client_weak.crt", "weak.key", "O=quasimodem tests, CN=Weak client"},
                               Identity{"client_4096.crt", "big.key", "O=quasimodem tests, CN=Big client"}}) {
        SessionPair pair{level_2(version, each.certificate, each.key), asking(authentication)};
        pair.shake_hands();
        CAPTURE(name(version), int(authentication), each.certificate, pair.log());
        REQUIRE(pair.connected());
        CHECK(pair.server->peer_subject() == std::string{each.subject});
        CHECK(pair.echo(as_bytes("hello")) == to_bytes("hello"));
      }
    }
  }
}

TEST_CASE("a server that does not ask gets no client certificate", "[tls][SSL 2.2.1]") {
  SessionPair pair{level_2(Version::tls1_2), server_config()};
  pair.shake_hands();
  REQUIRE(pair.connected());
  CHECK_FALSE(pair.server->peer_subject());
}

TEST_CASE("without a client certificate a request is fine and a demand is not", "[tls][SSL 2.2.1]") {
  for (const auto version : spoken_versions()) {
    SessionPair requested{verifying(version, "ca.crt"), asking(ClientAuthentication::request)};
    requested.shake_hands();
    CAPTURE(name(version), requested.log());
    CHECK(requested.connected());
    CHECK_FALSE(requested.server->peer_subject());

    SessionPair required{verifying(version, "ca.crt"), asking(ClientAuthentication::require)};
    required.shake_hands();
    CHECK(required.server->error().reason == "the peer sent no certificate");
    CHECK_FALSE(required.connected());
  }
}

TEST_CASE("a client certificate of another CA is refused by the server", "[tls][SSL 2.2.1]") {
  for (const auto version : spoken_versions()) {
    for (const auto authentication : {ClientAuthentication::request, ClientAuthentication::require}) {
      SessionPair pair{level_2(version, "stranger.crt", "stranger.key"), asking(authentication)};
      pair.shake_hands();
      CAPTURE(name(version), pair.log());
      CHECK(pair.client->error().failure == TlsFailure::alert);
      CHECK(pair.server->error().reason ==
            "peer certificate rejected: O=quasimodem tests, CN=Stranger: not issued by a configured CA certificate");
      const bool required = authentication == ClientAuthentication::require;
      CHECK(pair.client->error().reason == (required ? "the peer refused with the alert unknown_ca (48)"
                                                     : "the peer refused with the alert access_denied (49)"));
    }
  }
}

TEST_CASE("a server may ask for the client certificate by a renegotiation", "[tls]") {
  for (const auto version : {Version::tls1_0, Version::tls1_1, Version::tls1_2}) {
    for (const auto delivery : {Delivery::in_flights, Delivery::byte_by_byte}) {
      SessionPair pair{level_2(version), asking(ClientAuthentication::none), delivery};
      pair.shake_hands();
      CAPTURE(name(version), int(delivery));
      REQUIRE(pair.connected());
      CHECK_FALSE(pair.server->peer_subject());

      pair.server->renegotiate(ClientAuthentication::require);
      pair.exchange();
      REQUIRE(pair.connected());
      CHECK(pair.echo(as_bytes("secret page")) == to_bytes("secret page"));
      CHECK(pair.server->peer_subject() == std::string{"O=quasimodem tests, CN=Test client"});
    }
  }
}

TEST_CASE("SSL 3.0 knows no safe renegotiation, so there is none", "[tls][ssl3]") {
  if (!speaks(Version::ssl3_0)) return;
  SessionPair pair{level_2(Version::ssl3_0), asking(ClientAuthentication::none)};
  pair.shake_hands();
  REQUIRE(pair.connected());
  pair.server->renegotiate(ClientAuthentication::require);
  pair.exchange();
  CHECK(pair.client->error().failure == TlsFailure::protocol);
  CHECK(pair.server->error().reason == "the peer refused with the alert unexpected_message (10)");
}

TEST_CASE("during a renegotiation the client is blocked and loses nothing", "[tls]") {
  SessionPair pair{level_2(Version::tls1_2), asking(ClientAuthentication::none)};
  pair.shake_hands();
  REQUIRE(pair.server->write(as_bytes("before ")));
  pair.server->renegotiate(ClientAuthentication::require);
  REQUIRE(pair.server->write(as_bytes("meanwhile ")));
  pair.client->feed(pair.server->take_outgoing());

  CHECK(pair.client->read(100) == to_bytes("before meanwhile "));  // the ClientHello is under way now
  CHECK_FALSE(pair.client->write(as_bytes("x")));
  pair.exchange();
  CAPTURE(pair.log());
  REQUIRE(pair.connected());
  CHECK(pair.echo(as_bytes("after")) == to_bytes("after"));
}

TEST_CASE("a renegotiation can fail like a first handshake", "[tls]") {
  SessionPair pair{level_2(Version::tls1_2, "stranger.crt", "stranger.key"), asking(ClientAuthentication::none)};
  pair.shake_hands();
  REQUIRE(pair.connected());
  pair.server->renegotiate(ClientAuthentication::require);
  pair.exchange();
  CHECK(pair.client->state() == ClientSession::State::failed);
  CHECK(pair.client->error().reason == "the peer refused with the alert unknown_ca (48)");
}

TEST_CASE("a key must be readable, plain RSA and belong to its certificate", "[tls][SSL 2.2.1]") {
  const auto certificate = pki("client.crt");
  for (const auto* good : {"client.key", "client.key.der", "client_pkcs8.key", "client_pkcs8.key.der"}) {
    CAPTURE(good);
    CHECK(refusal(certificate, pki(good), TlsFailure::bad_key_file).empty());
  }
  for (const auto* encrypted : {"client_aes128.key", "client_des3.key", "client_pbes2.key", "client_pbe.key"}) {
    CAPTURE(encrypted);
    CHECK(refusal(certificate, pki(encrypted), TlsFailure::bad_key_file) ==
          "client key: the key is encrypted and a module has no password for it");
  }
  CHECK_THAT(refusal(certificate, pki("client_pbe.key.der"), TlsFailure::bad_key_file),
             Catch::StartsWith("client key: PK"));
  CHECK(refusal(certificate, pki("stranger.key"), TlsFailure::bad_key_file) ==
        "client key: the key does not belong to the certificate");
  CHECK(refusal(certificate, pki("weak.key"), TlsFailure::bad_key_file) ==
        "client key: the key does not belong to the certificate");
  CHECK_THAT(refusal(certificate, certificate, TlsFailure::bad_key_file), Catch::StartsWith("client key: PK"));
  CHECK_THAT(refusal(certificate, {}, TlsFailure::bad_key_file), Catch::StartsWith("client key: PK"));
  CHECK_THAT(refusal(certificate, to_bytes("no key"), TlsFailure::bad_key_file), Catch::StartsWith("client key: PK"));
}

TEST_CASE("a client certificate must be readable to its last part", "[tls][SSL 2.2.1]") {
  const auto key = pki("client.key");
  auto half_bad = pki("client.crt");
  append(half_bad, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  for (const auto& bad : {Bytes{}, to_bytes("no certificate"), key, half_bad}) {
    CHECK_THAT(refusal(bad, key, TlsFailure::bad_certificate_file), Catch::StartsWith("client certificate: "));
  }
}

TEST_CASE("certificate and key come together", "[tls][SSL 2.2.1]") {
  SeededRandom random{1};
  auto config = client_config(Version::tls1_2);
  config.client_certificate = pki("client.crt");
  auto client = ClientSession::create(config, random, {});
  REQUIRE_FALSE(client);
  CHECK(client.error().failure == TlsFailure::bad_key_file);

  config.client_key = pki("client.key");
  config.client_certificate.reset();
  client = ClientSession::create(config, random, {});
  REQUIRE_FALSE(client);
  CHECK(client.error().failure == TlsFailure::bad_certificate_file);
}
