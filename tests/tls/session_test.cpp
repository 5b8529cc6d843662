// SPDX-License-Identifier: Apache-2.0
// States, queues, ends and accidents of one session.
#include <algorithm>
#include <set>

#include "core/big_endian.hpp"
#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

using State = ClientSession::State;

namespace {

struct Client {
  explicit Client(const ClientConfig& config = client_config(Version::tls1_2)) {
    session = ClientSession::create(config, random, Logger{sink, "client"}).value();
    session->start();
  }

  CollectingSink sink;
  SeededRandom random{3};
  std::unique_ptr<ClientSession> session;
};

Bytes record(std::uint8_t type, std::uint8_t minor, const Bytes& content) {
  Bytes bytes{type, 3, minor};
  append(bytes, to_be(static_cast<std::uint16_t>(content.size())));
  append(bytes, content);
  return bytes;
}

Bytes alert(std::uint8_t description, std::uint8_t level = 2) { return record(21, 3, {level, description}); }

std::unique_ptr<SessionPair> connected_pair(Version version = Version::tls1_2) {
  auto pair = std::make_unique<SessionPair>(client_config(version), server_config());
  pair->shake_hands();
  REQUIRE(pair->connected());
  return pair;
}

/// How many records a piece of ciphertext holds.
std::size_t records(ByteSpan ciphertext) {
  std::size_t count = 0;
  while (ciphertext.size() >= 5) {
    ciphertext = ciphertext.subspan(5U + get_be<std::uint16_t>(ciphertext.subspan(3)));
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("a session says nothing before start and one ClientHello after", "[tls]") {
  SeededRandom random{1};
  const auto client = ClientSession::create(client_config(Version::tls1_2), random, {}).value();
  CHECK(client->outgoing_size() == 0);
  CHECK(client->state() == State::handshaking);
  client->start();
  client->start();
  CHECK(records(client->take_outgoing()) == 1);
  CHECK(client->take_outgoing().empty());
  CHECK(client->read(10).empty());
  CHECK_FALSE(client->write(as_bytes("too early")));
}

TEST_CASE("the same seed says the same ClientHello", "[tls]") {
  const Client one;
  const Client two;
  const auto hello = one.session->take_outgoing();
#if defined(QUASIMODEM_MBEDTLS_LEGACY)
  CHECK(hello == two.session->take_outgoing());
#else
  CHECK(hello.size() ==
        two.session->take_outgoing().size());  // the distribution's library puts the host's time into it
#endif
}

TEST_CASE("the ClientHello is that of a module of 2015", "[tls][SSL 1.1]") {
  for (const auto version : spoken_versions()) {
    Client client{client_config(version)};
    const auto hello = client.session->take_outgoing();
    CAPTURE(name(version));
    REQUIRE(hello.size() > 50);
    CHECK(hello[0] == 22);
    CHECK(hello[5] == 1);
    CHECK(hello[10] == int(version));  // client_version
    // 5 record, 4 handshake, 2 version, 32 random, 1 session id length (0)
    REQUIRE(hello[43] == 0);
    const Bytes suites(hello.begin() + 46, hello.begin() + 46 + hello[45]);
    Bytes expected{0x00, 0x35, 0x00, 0x05, 0x00, 0x04, 0x00, 0x0A, 0x00, 0x2F};
    if (version == Version::tls1_2) append(expected, Bytes{0x00, 0x3D});
    append(expected, Bytes{0x00, 0xFF});  // TLS_EMPTY_RENEGOTIATION_INFO_SCSV
    CHECK(suites == expected);

    const auto after_suites = 46 + hello[45] + 2;  // compression: 1 method, null
    if (version == Version::tls1_2) {
      REQUIRE(hello.size() > std::size_t(after_suites) + 8);
      CHECK(hello[after_suites + 2] == 0);
      CHECK(hello[after_suites + 3] == 13);  // signature_algorithms, and nothing behind it
      const std::size_t length = get_be<std::uint16_t>(ByteSpan{hello}.subspan(std::size_t(after_suites) + 4));
      REQUIRE(hello.size() == after_suites + 6 + length);
      std::set<std::pair<int, int>> algorithms;
      for (auto at = hello.begin() + after_suites + 8; at != hello.end(); at += 2) algorithms.insert({at[0], at[1]});
      for (int hash = 1; hash <= 6; ++hash) CHECK(algorithms.count({hash, 1}) == 1);  // MD5 … SHA-512 with RSA
    } else {
      CHECK(hello.size() == std::size_t(after_suites));  // no extensions: no server_name, nothing
    }
  }
}

TEST_CASE("the server is called what the client was told to call it", "[tls]") {
  for (const auto version : spoken_versions()) {
    auto config = client_config(version);
    SessionPair nameless{config, server_config()};
    nameless.shake_hands();
    CHECK_FALSE(nameless.server->server_name());
    config.server_name = "meter.example";
    SessionPair pair{config, server_config()};
    pair.shake_hands();
    CAPTURE(name(version), pair.log());
    REQUIRE(pair.connected());
    // SSL 3.0 has no extensions: they are sent, and a server passes over them.
    if (version == Version::ssl3_0) {
      CHECK_FALSE(pair.server->server_name());
    } else {
      CHECK(pair.server->server_name() == "meter.example");
    }
  }
}

TEST_CASE("a flight is taken in one piece", "[tls]") {
  auto pair = SessionPair{client_config(Version::tls1_2), server_config()};
  pair.client->start();
  pair.server->feed(pair.client->take_outgoing());
  pair.client->feed(pair.server->take_outgoing());
  CHECK(records(pair.client->take_outgoing()) == 3);  // ClientKeyExchange, ChangeCipherSpec, Finished
}

TEST_CASE("one write is one record", "[tls][SSL 2.2.4]") {
  for (const auto version : spoken_versions()) {
    for (const auto suite : {CipherSuite::rsa_aes_256_cbc_sha, CipherSuite::rsa_rc4_128_sha}) {
      SessionPair pair{client_config(version, suite), server_config()};
      pair.shake_hands();
      REQUIRE(pair.client->write(pattern(1460)));
      CHECK(records(pair.client->take_outgoing()) == 1);
    }
  }
}

TEST_CASE("a long write is cut into records and arrives whole", "[tls]") {
  const auto pair = connected_pair();
  const auto message = pattern(100'000);
  REQUIRE(pair->client->write(message));
  pair->exchange();
  CHECK(read_all(*pair->server) == message);
}

TEST_CASE("writing nothing is fine and sends nothing", "[tls]") {
  const auto pair = connected_pair();
  CHECK(pair->client->write({}));
  CHECK(pair->client->outgoing_size() == 0);
}

TEST_CASE("a full outgoing queue blocks and takes nothing", "[tls][SSL 2.2.4]") {
  const auto pair = connected_pair();
  Bytes sent;
  const auto piece = pattern(1460);
  while (pair->client->write(piece)) append(sent, piece);
  CHECK(pair->client->outgoing_size() > ClientSession::kOutgoingLimit);
  CHECK(pair->client->outgoing_size() < ClientSession::kOutgoingLimit + 2 * piece.size());
  const auto before = pair->client->outgoing_size();
  CHECK_FALSE(pair->client->write(as_bytes("x")));
  CHECK(pair->client->outgoing_size() == before);
  CHECK(pair->client->state() == State::connected);

  pair->exchange();
  CHECK(pair->client->write(as_bytes("x")));
  append(sent, "x");
  pair->exchange();
  CHECK(read_all(*pair->server) == sent);
}

TEST_CASE("what the transport did not take goes back in front", "[tls]") {
  const auto pair = connected_pair();
  const auto message = pattern(5000);
  REQUIRE(pair->client->write(ByteSpan{message}.first(2000)));
  while (true) {
    const auto ciphertext = pair->client->take_outgoing();
    const auto taken = std::min<std::size_t>(97, ciphertext.size());
    pair->server->feed(ByteSpan{ciphertext}.first(taken));
    pair->client->put_back(ByteSpan{ciphertext}.subspan(taken));
    if (ciphertext.size() == taken) break;
  }
  auto held_back = pair->client->take_outgoing();
  REQUIRE(pair->client->write(ByteSpan{message}.subspan(2000, 1000)));
  held_back = pair->client->take_outgoing();
  REQUIRE(pair->client->write(ByteSpan{message}.subspan(3000)));
  pair->client->put_back(held_back);
  pair->exchange();
  CHECK(read_all(*pair->server) == message);
}

TEST_CASE("plaintext is decrypted as it is read", "[tls]") {
  const auto pair = connected_pair();
  const auto message = pattern(60'000);
  for (std::size_t at = 0; at < message.size(); at += 1000) {
    REQUIRE(pair->server->write(ByteSpan{message}.subspan(at, 1000)));
    pair->client->feed(pair->server->take_outgoing());
  }
  const auto waiting = pair->client->incoming_size();
  CHECK(pair->client->readable() == 1000);
  CHECK(waiting > 59'000);

  auto received = pair->client->read(1500);
  CHECK(received.size() == 1500);
  CHECK(pair->client->readable() == 500);
  CHECK(pair->client->incoming_size() < waiting - 1000);
  CHECK(pair->client->incoming_size() > waiting - 2000);
  CHECK(pair->client->read(0).empty());
  append(received, read_all(*pair->client));
  CHECK(received == message);
  CHECK(pair->client->readable() == 0);
  CHECK(pair->client->incoming_size() == 0);
}

TEST_CASE("reading and feeding may take turns in any amounts", "[tls]") {
  const auto pair = connected_pair();
  const auto message = pattern(400'000);
  Bytes received;
  for (std::size_t at = 0; at < message.size(); at += 8000) {
    REQUIRE(pair->server->write(ByteSpan{message}.subspan(at, 8000)));
    pair->client->feed(pair->server->take_outgoing());
    append(received, pair->client->read(at % 3 == 0 ? 3000 : 9000));
  }
  append(received, read_all(*pair->client));
  CHECK(received == message);
  CHECK(pair->client->state() == State::connected);
}

TEST_CASE("empty records are no end", "[tls]") {
  for (const auto version : spoken_versions()) {
    const auto pair = connected_pair(version);
    for (int count = 1; count <= 3; ++count) {  // the library takes more in a row for an attack
      for (int i = 0; i < count; ++i) pair->server->write_empty_record();
      pair->exchange();
      CHECK(pair->client->state() == State::connected);
      CHECK(pair->client->incoming_size() == 0);
      REQUIRE(pair->server->write(as_bytes("reset the count")));
      for (int i = 0; i < count; ++i) pair->server->write_empty_record();
      REQUIRE(pair->server->write(as_bytes(", data")));
      pair->exchange();
      CHECK(pair->client->read(100) == to_bytes("reset the count, data"));
    }
    CHECK(pair->connected());
  }
}

TEST_CASE("close_notify ends the session after the last plaintext", "[tls][SSL 2.2.10]") {
  for (const auto version : spoken_versions()) {
    const auto pair = connected_pair(version);
    REQUIRE(pair->server->write(as_bytes("last words")));
    pair->server->close();
    CHECK(pair->server->state() == State::closed);
    pair->client->feed(pair->server->take_outgoing());

    CHECK(pair->client->state() == State::connected);
    CHECK(pair->client->read(4) == to_bytes("last"));
    CHECK(pair->client->state() == State::connected);
    CHECK(pair->client->read(6) == to_bytes(" words"));
    CHECK(pair->client->state() == State::peer_closed);
    CHECK(pair->client->read(10).empty());
    CHECK_FALSE(pair->client->write(as_bytes("too late")));
    pair->client->feed(pattern(10));
    CHECK(pair->client->state() == State::peer_closed);
  }
}

TEST_CASE("close_notify shows at once when nothing is left to read", "[tls]") {
  const auto pair = connected_pair();
  pair->server->close();
  pair->client->feed(pair->server->take_outgoing());
  CHECK(pair->client->state() == State::peer_closed);
  pair->client->close();
  CHECK(pair->client->state() == State::closed);
  CHECK(pair->client->outgoing_size() > 0);
}

TEST_CASE("closing sends close_notify, once", "[tls]") {
  const auto pair = connected_pair();
  pair->client->close();
  pair->client->close();
  CHECK(pair->client->state() == State::closed);
  const auto ciphertext = pair->client->take_outgoing();
  CHECK(records(ciphertext) == 1);
  pair->server->feed(ciphertext);
  CHECK(pair->server->state() == State::peer_closed);
  pair->client->feed(pattern(10));
  CHECK(pair->client->state() == State::closed);
}

TEST_CASE("closing during the handshake just ends", "[tls]") {
  Client client;
  client.session->take_outgoing();
  client.session->close();
  CHECK(client.session->state() == State::closed);
  CHECK(client.session->outgoing_size() == 0);
}

TEST_CASE("a stream that ends between records is a close, said in the log", "[tls]") {
  const auto pair = connected_pair();
  REQUIRE(pair->server->write(as_bytes("data")));
  pair->client->feed(pair->server->take_outgoing());
  pair->client->end_of_input();
  CHECK(pair->client->state() == State::connected);
  CHECK(pair->client->read(100) == to_bytes("data"));
  CHECK(pair->client->state() == State::peer_closed);
  CHECK_THAT(pair->log(), Catch::Contains("client the stream ended without close_notify"));
}

TEST_CASE("how the stream ended is said in the log and in the error", "[tls]") {
  const auto pair = connected_pair();
  pair->client->end_of_input("connection reset");
  CHECK_THAT(pair->log(), Catch::Contains("client connection reset without close_notify"));

  Client client;
  client.session->end_of_input("connection reset");
  CHECK(client.session->error().failure == TlsFailure::peer_closed);
  CHECK(client.session->error().reason == "connection reset during the handshake");
}

TEST_CASE("a stream that ends inside a record gives what was complete", "[tls]") {
  const auto pair = connected_pair();
  REQUIRE(pair->server->write(as_bytes("complete")));
  pair->client->feed(pair->server->take_outgoing());
  REQUIRE(pair->server->write(as_bytes("cut")));
  auto cut = pair->server->take_outgoing();
  cut.pop_back();
  pair->client->feed(cut);
  pair->client->end_of_input();
  CHECK(read_all(*pair->client) == to_bytes("complete"));
  CHECK(pair->client->state() == State::peer_closed);
}

TEST_CASE("a stream that ends during the handshake is a failure", "[tls]") {
  for (const std::size_t fed : {0u, 3u, 50u, 600u}) {
    SessionPair pair{client_config(Version::tls1_2), server_config()};
    pair.client->start();
    pair.server->feed(pair.client->take_outgoing());
    const auto flight = pair.server->take_outgoing();
    pair.client->feed(ByteSpan{flight}.first(fed));
    pair.client->end_of_input();
    CHECK(pair.client->state() == State::failed);
    CHECK(pair.client->error().failure == TlsFailure::peer_closed);
    CHECK(pair.client->error().reason == "the stream ended during the handshake");
  }
}

TEST_CASE("alerts are named", "[tls]") {
  const std::pair<int, std::string_view> names[] = {
      {10, "unexpected_message (10)"},  {20, "bad_record_mac (20)"},          {40, "handshake_failure (40)"},
      {42, "bad_certificate (42)"},     {43, "unsupported_certificate (43)"}, {44, "certificate_revoked (44)"},
      {45, "certificate_expired (45)"}, {46, "certificate_unknown (46)"},     {47, "illegal_parameter (47)"},
      {48, "unknown_ca (48)"},          {49, "access_denied (49)"},           {50, "decode_error (50)"},
      {51, "decrypt_error (51)"},       {70, "protocol_version (70)"},        {71, "insufficient_security (71)"},
      {80, "internal_error (80)"},      {112, "unrecognized_name (112)"},     {116, "certificate_required (116)"},
      {200, "unknown alert (200)"},
  };
  for (const auto& [number, text] : names) {
    Client client;
    client.session->feed(alert(static_cast<std::uint8_t>(number)));
    client.session->end_of_input();  // the peer resets after its alert: the alert stays the reason
    const auto reason = "the peer refused with the alert " + std::string{text};
    CHECK(client.session->state() == State::failed);
    CHECK(client.session->error().failure == TlsFailure::alert);
    CHECK(client.session->error().reason == reason);
    CHECK(client.sink.text() == "warning client " + reason + "\n");
  }
}

TEST_CASE("an alert in a version of the server's own liking is still an alert", "[tls]") {
  Client client{client_config(Version::tls1_0)};
  client.session->feed(record(21, 3, {2, 70}));
  CHECK(client.session->error().reason == "the peer refused with the alert protocol_version (70)");

  Client second{client_config(Version::tls1_0)};
  second.session->feed(Bytes{21, 0, 0, 0, 2, 2, 40});
  CHECK(second.session->error().reason == "the peer refused with the alert handshake_failure (40)");
}

TEST_CASE("warning alerts are passed over", "[tls]") {
  Client client;
  client.session->feed(alert(112, 1));
  CHECK(client.session->state() == State::handshaking);
  client.session->feed(alert(0, 1));
  CHECK(client.session->state() == State::failed);
  CHECK(client.session->error().failure == TlsFailure::peer_closed);
}

TEST_CASE("a peer that speaks something else is shown by its first bytes", "[tls]") {
  Client client;
  client.session->feed(as_bytes("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(client.session->state() == State::failed);
  CHECK(client.session->error().failure == TlsFailure::protocol);
  CHECK(client.session->error().reason == "not a record of this protocol: it starts with HTTP/ (-0x7200)");
}

TEST_CASE("nonsense in place of a ServerHello fails at once", "[tls]") {
  const Bytes nonsense[] = {
      record(22, 3, {2, 0, 0, 4, 3, 3, 0, 0}),  // ServerHello too short
      record(22, 3, {11, 0, 0, 3, 0, 0, 0}),    // Certificate first
      record(22, 3, {}),                        // empty
      record(20, 3, {1}),                       // ChangeCipherSpec first
      record(23, 3, {1, 2, 3}),                 // data first
      record(99, 3, {1, 2, 3}),                 // no such record
      Bytes{22, 3, 3, 0xFF, 0xFF, 0},           // longer than a record may be
      Bytes{0x80, 0x2E, 1, 0, 2, 0, 0},         // SSL 2
      Bytes(64),
  };
  for (const auto& bytes : nonsense) {
    Client client;
    client.session->feed(bytes);
    CAPTURE(escaped(bytes), client.sink.text());
    CHECK(client.session->state() == State::failed);
    CHECK(client.session->error().failure == TlsFailure::protocol);
    CHECK(client.sink.count(LogLevel::warning) == 1);
  }
}

TEST_CASE("a damaged handshake never connects", "[tls]") {
  SessionPair good{client_config(Version::tls1_2), server_config()};
  good.client->start();
  good.server->feed(good.client->take_outgoing());
  const auto size = good.server->take_outgoing().size();
  for (std::size_t at = 0; at < size; at += 13) {
    SessionPair pair{client_config(Version::tls1_2), server_config()};
    pair.client->start();
    pair.server->feed(pair.client->take_outgoing());
    auto flight = pair.server->take_outgoing();
    flight[at] ^= 0x40;
    pair.client->feed(flight);
    pair.exchange();
    CAPTURE(at, pair.log());
    CHECK_FALSE(pair.connected());
  }
}

TEST_CASE("a damaged record ends the session and tells the peer", "[tls]") {
  for (const auto version : spoken_versions()) {
    for (const auto suite : {CipherSuite::rsa_aes_256_cbc_sha, CipherSuite::rsa_rc4_128_sha}) {
      SessionPair pair{client_config(version, suite), server_config()};
      pair.shake_hands();
      REQUIRE(pair.server->write(as_bytes("good")));
      auto ciphertext = pair.server->take_outgoing();
      REQUIRE(pair.server->write(as_bytes("damaged")));
      append(ciphertext, pair.server->take_outgoing());
      ciphertext.back() ^= 1;
      pair.client->feed(ciphertext);
      CHECK(pair.client->state() == State::connected);
      CHECK(pair.client->read(100) == to_bytes("good"));
      CHECK(pair.client->state() == State::failed);
      CHECK(pair.client->error().reason == "a record was damaged on the way (bad_record_mac)");
      pair.exchange();
      CHECK(pair.server->error().reason == "the peer refused with the alert bad_record_mac (20)");
    }
  }
}

TEST_CASE("a record that was there before is refused", "[tls]") {
  const auto pair = connected_pair();
  REQUIRE(pair->server->write(as_bytes("once")));
  const auto ciphertext = pair->server->take_outgoing();
  pair->client->feed(ciphertext);
  pair->client->feed(ciphertext);
  CHECK(pair->client->read(100) == to_bytes("once"));
  CHECK(pair->client->state() == State::failed);
}

TEST_CASE("a failed session stays failed and silent", "[tls]") {
  Client client;
  client.session->feed(alert(40));
  const auto reason = client.session->error().reason;
  client.session->take_outgoing();
  const auto unread = client.session->incoming_size();
  client.session->feed(alert(42));
  CHECK(client.session->incoming_size() == unread);
  client.session->end_of_input();
  client.session->close();
  client.session->start();
  CHECK(client.session->state() == State::failed);
  CHECK(client.session->error().reason == reason);
  CHECK_FALSE(client.session->write(as_bytes("x")));
  CHECK(client.session->read(10).empty());
  CHECK(client.session->outgoing_size() == 0);
  CHECK(client.sink.lines().size() == 1);
}

TEST_CASE("the log says in one line what was agreed on", "[tls]") {
  const auto pair = connected_pair();
  CHECK_THAT(pair->log(), Catch::Contains("info client connected with TLS1.2 TLS_RSA_WITH_AES_256_CBC_SHA, peer "
                                          "O=quasimodem tests, CN=localhost\n"));
}
