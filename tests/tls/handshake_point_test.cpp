// SPDX-License-Identifier: Apache-2.0
// A server that stops in the middle of the handshake, and alerts of its own choice.
#include "core/big_endian.hpp"
#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"
#include "tls/alert.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

using State = ClientSession::State;

namespace {

constexpr std::uint8_t kClientHello = 1, kServerHello = 2, kCertificate = 11, kCertificateRequest = 13,
                       kServerHelloDone = 14, kClientKeyExchange = 16;

/// The types of the handshake messages in a piece of plaintext records, each record holding one message.
std::vector<int> messages(ByteSpan records) {
  std::vector<int> types;
  while (records.size() > 5) {
    if (records[0] == 22) types.push_back(records[5]);
    records = records.subspan(5U + get_be<std::uint16_t>(records.subspan(3)));
  }
  return types;
}

ServerConfig stopping_at(HandshakePoint point) {
  auto config = server_config();
  config.stop_at = point;
  return config;
}

SessionPair stopped_pair(HandshakePoint point, Version version = Version::tls1_2) {
  return SessionPair{client_config(version), stopping_at(point)};
}

constexpr HandshakePoint kPoints[] = {HandshakePoint::hello, HandshakePoint::certificate, HandshakePoint::key_exchange,
                                      HandshakePoint::finished};

}  // namespace

TEST_CASE("a server that stops at hello has read ClientHello and says nothing", "[tls]") {
  auto pair = stopped_pair(HandshakePoint::hello);
  pair.client->start();
  const auto hello = pair.client->take_outgoing();
  CHECK(messages(hello) == std::vector<int>{kClientHello});
  CHECK_FALSE(pair.server->stopped());
  pair.server->feed(ByteSpan{hello}.first(hello.size() - 1));
  CHECK_FALSE(pair.server->stopped());
  pair.server->feed(ByteSpan{hello}.last(1));
  CHECK(pair.server->stopped());
  CHECK(pair.server->state() == State::handshaking);
  CHECK(pair.server->outgoing_size() == 0);
}

TEST_CASE("a server that stops at certificate has sent ServerHello and Certificate", "[tls]") {
  for (const auto authentication : {ClientAuthentication::none, ClientAuthentication::require}) {
    auto config = stopping_at(HandshakePoint::certificate);
    config.client_authentication = authentication;
    config.client_authorities = pki("ca.crt");
    SessionPair pair{client_config(Version::tls1_2), config};
    pair.client->start();
    pair.server->feed(pair.client->take_outgoing());
    CHECK(pair.server->stopped());
    const auto flight = pair.server->take_outgoing();
    CHECK(messages(flight) == std::vector<int>{kServerHello, kCertificate});
    pair.client->feed(flight);
    CHECK(pair.client->state() == State::handshaking);
    CHECK(pair.client->outgoing_size() == 0);
  }
}

TEST_CASE("a server that stops at key-exchange or finished has sent its first flight only", "[tls]") {
  for (const auto point : {HandshakePoint::key_exchange, HandshakePoint::finished}) {
    auto pair = stopped_pair(point);
    pair.client->start();
    pair.server->feed(pair.client->take_outgoing());
    CHECK_FALSE(pair.server->stopped());
    const auto flight = pair.server->take_outgoing();
    CHECK(messages(flight) == std::vector<int>{kServerHello, kCertificate, kServerHelloDone});
    pair.client->feed(flight);
    const auto answer = pair.client->take_outgoing();
    CHECK(messages(answer).front() == kClientKeyExchange);

    // Byte by byte: finished needs the last one, key-exchange does not look behind its message.
    pair.server->feed(ByteSpan{answer}.first(answer.size() - 1));
    CHECK(pair.server->stopped() == (point == HandshakePoint::key_exchange));
    pair.server->feed(ByteSpan{answer}.last(1));
    CHECK(pair.server->stopped());
    CHECK(pair.server->outgoing_size() == 0);
  }
}

TEST_CASE("what the client did wrong before counts, what it did wrong after the stop does not", "[tls]") {
  auto config = stopping_at(HandshakePoint::key_exchange);
  config.client_authentication = ClientAuthentication::require;
  config.client_authorities = pki("ca.crt");
  SessionPair pair{client_config(Version::tls1_2), config};  // has no certificate
  pair.shake_hands();
  CHECK_FALSE(pair.server->stopped());
  CHECK(pair.server->state() == State::failed);

  auto patient = stopped_pair(HandshakePoint::hello);
  patient.shake_hands();
  patient.server->feed(Bytes(100, 0xFF));
  CHECK(patient.server->state() == State::handshaking);
}

TEST_CASE("a server that does not stop sends its first flight whole", "[tls]") {
  auto config = server_config();
  config.client_authentication = ClientAuthentication::request;
  config.client_authorities = pki("ca.crt");
  SessionPair pair{client_config(Version::tls1_2), config};
  pair.client->start();
  pair.server->feed(pair.client->take_outgoing());
  CHECK(messages(pair.server->take_outgoing()) ==
        std::vector<int>{kServerHello, kCertificate, kCertificateRequest, kServerHelloDone});
}

TEST_CASE("an alert at every point reaches the client, in every version", "[tls]") {
  for (const auto version : spoken_versions()) {
    for (const auto point : kPoints) {
      CAPTURE(name(version), int(point));
      auto pair = stopped_pair(point, version);
      pair.shake_hands();
      REQUIRE(pair.server->stopped());
      pair.server->send_alert(80);
      CHECK_FALSE(pair.server->stopped());
      CHECK(pair.server->state() == State::closed);
      pair.exchange();
      CHECK(pair.client->state() == State::failed);
      CHECK(pair.client->error().reason == "the peer refused with the alert internal_error (80)");
    }
  }
}

TEST_CASE("an alert before ClientHello reaches the client", "[tls]") {
  for (const auto version : spoken_versions()) {
    SessionPair pair{client_config(version), server_config()};
    pair.server->send_alert(40);
    pair.client->start();
    pair.client->feed(pair.server->take_outgoing());
    CHECK(pair.client->error().reason == "the peer refused with the alert handshake_failure (40)");
  }
}

TEST_CASE("an alert after the handshake is encrypted and reaches the client", "[tls]") {
  for (const auto version : spoken_versions()) {
    SessionPair pair{client_config(version), server_config()};
    pair.shake_hands();
    pair.server->send_alert(49);
    const auto record = pair.server->take_outgoing();
    CHECK(record.size() > 7);
    pair.client->feed(record);
    CHECK(pair.client->state() == State::failed);
    CHECK(pair.client->error().reason == "the peer refused with the alert access_denied (49)");
  }
}

TEST_CASE("every known alert of the server is told by its name", "[tls]") {
  for (const auto& alert : known_alerts()) {
    CAPTURE(alert.name);
    auto pair = stopped_pair(HandshakePoint::hello);
    pair.shake_hands();
    pair.server->send_alert(alert.description);
    pair.exchange();
    pair.client->end_of_input();
    REQUIRE(pair.client->state() == State::failed);
    const auto& reason = pair.client->error().reason;
    if (alert.name == "close_notify") {
      CHECK(reason == "the peer sent close_notify during the handshake");
    } else if (alert.name == "user_canceled") {
      CHECK(reason == "the stream ended during the handshake");  // a warning, which changes nothing
    } else if (alert.name == "no_renegotiation") {
      CHECK(pair.client->error().failure == TlsFailure::protocol);  // a warning nobody asked for
    } else {
      CHECK(reason == fmt::format("the peer refused with the alert {} ({})", alert.name, alert.description));
    }
  }
}

TEST_CASE("a server answers what came before the client's close_notify", "[tls]") {
  SessionPair pair{client_config(Version::tls1_2), server_config()};
  pair.shake_hands();
  REQUIRE(pair.client->write(as_bytes("last words")));
  pair.client->close();
  pair.server->feed(pair.client->take_outgoing());
  const auto words = pair.server->read(100);
  CHECK(as_text(words) == "last words");
  CHECK(pair.server->state() == State::peer_closed);
  CHECK(pair.server->write(words));
  CHECK(messages(pair.server->take_outgoing()).empty());
  pair.server->close();
  CHECK_FALSE(pair.server->write(words));
}
