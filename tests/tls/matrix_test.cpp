// SPDX-License-Identifier: Apache-2.0
// Every <sslversion> with every <ciphersuite> (SSL 1.1): 21 cells connect, 0x003D below TLS 1.2 cannot.
#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"
#include "tls/capabilities.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

namespace {

void check_cell(Version version, CipherSuite suite, Delivery delivery) {
  SessionPair pair{client_config(version, suite), server_config(), delivery};
  pair.shake_hands();
  CAPTURE(pair.log());
  REQUIRE(pair.connected());
  CHECK(pair.client->version() == version);
  CHECK(pair.client->suite() == suite);
  CHECK(pair.server->version() == version);
  CHECK(pair.server->suite() == suite);

  const auto message = pattern(20000);
  Bytes back;
  for (ByteSpan rest{message}; !rest.empty();) {
    const auto piece = rest.first(std::min<std::size_t>(1460, rest.size()));
    append(back, pair.echo(piece));
    rest = rest.subspan(piece.size());
  }
  CHECK(back == message);
}

void check_impossible(Version version, CipherSuite suite) {
  SeededRandom random{1};
  const auto client = ClientSession::create(client_config(version, suite), random, {});
  REQUIRE_FALSE(client);
  CHECK(client.error().failure == TlsFailure::not_supported);
  CHECK_FALSE(client.error().reason.empty());
}

}  // namespace

TEST_CASE("every version and suite connects and carries data, or cannot exist", "[tls][SSL 1.1]") {
  for (const auto delivery : {Delivery::in_flights, Delivery::byte_by_byte}) {
    std::size_t connected = 0;
    for (const auto version : spoken_versions()) {
      for (const auto suite : kAllCipherSuites) {
        CAPTURE(name(version), name(suite), int(delivery));
        if (allowed(version, suite)) {
          check_cell(version, suite, delivery);
          ++connected;
        } else {
          check_impossible(version, suite);
        }
      }
    }
    CHECK(connected == (speaks(Version::ssl3_0) ? 21 : 16));
  }
}

TEST_CASE("a version the build lacks is refused with a reason", "[tls]") {
  if (speaks(Version::ssl3_0)) return;
  check_impossible(Version::ssl3_0, CipherSuite::rsa_aes_256_cbc_sha);
}

TEST_CASE("all versions and all suites end up at the best both have", "[tls][SSL 2.2.1]") {
  SessionPair pair{ClientConfig{}, server_config()};
  pair.shake_hands();
  REQUIRE(pair.connected());
  CHECK(pair.client->version() == Version::tls1_2);
}

TEST_CASE("all versions follow a server that speaks one old version", "[tls][SSL 2.2.1]") {
  for (const auto version : spoken_versions()) {
    auto server = server_config();
    server.lowest = server.highest = version;
    SessionPair pair{ClientConfig{}, server};
    pair.shake_hands();
    CAPTURE(name(version), pair.log());
    REQUIRE(pair.connected());
    CHECK(pair.client->version() == version);
  }
}

TEST_CASE("the version is a limit, not a wish", "[tls][SSL 2.2.1]") {
  auto server = server_config();
  server.lowest = server.highest = Version::tls1_2;
  SessionPair pair{client_config(Version::tls1_1), server};
  pair.shake_hands();
  CHECK(pair.client->state() == ClientSession::State::failed);
  CHECK(pair.client->error().failure == TlsFailure::alert);
  CHECK(pair.client->error().reason == "the peer refused with the alert protocol_version (70)");
}

TEST_CASE("below TLS 1.2 a list with 0x003D falls back to its other suite", "[tls][SSL 1.1]") {
  auto config = client_config(Version::tls1_0);
  config.suites = {CipherSuite::rsa_aes_256_cbc_sha256, CipherSuite::rsa_aes_256_cbc_sha};
  SessionPair pair{config, server_config()};
  pair.shake_hands();
  REQUIRE(pair.connected());
  CHECK(pair.client->suite() == CipherSuite::rsa_aes_256_cbc_sha);
}

TEST_CASE("no common suite is the peer's handshake_failure", "[tls]") {
  auto server = server_config();
  server.suites = {CipherSuite::rsa_3des_ede_cbc_sha};
  SessionPair pair{client_config(Version::tls1_2, CipherSuite::rsa_rc4_128_md5), server};
  pair.shake_hands();
  CHECK(pair.client->error().reason == "the peer refused with the alert handshake_failure (40)");
}

TEST_CASE("a client without suites is refused", "[tls]") {
  ClientConfig config;
  config.suites.clear();
  SeededRandom random{1};
  const auto client = ClientSession::create(config, random, {});
  REQUIRE_FALSE(client);
  CHECK(client.error().failure == TlsFailure::not_supported);
}

TEST_CASE("the probe proves every cell or says why not", "[tls]") {
  SeededRandom random{7};
  const auto cells = probe(random);
  REQUIRE(cells.size() == 24);
  for (const auto& cell : cells) {
    CAPTURE(name(cell.version), name(cell.suite), cell.why_not);
    CHECK(cell.works == (speaks(cell.version) && allowed(cell.version, cell.suite)));
    CHECK(cell.works == cell.why_not.empty());
  }
}
