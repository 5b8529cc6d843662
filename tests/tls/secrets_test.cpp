// SPDX-License-Identifier: Apache-2.0
// Keys stay where they belong: not in logs, not in reasons; sealed at rest; given away only by the key log.
#include <algorithm>

#include "core/secret_bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/tls/session_pair.hpp"
#include "tls/seal.hpp"

using namespace quasimodem;
using namespace quasimodem::tls;
using namespace quasimodem::tls::test;

namespace {

std::string hex(ByteSpan bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

/// Whether `text` holds 12 characters in a row of a PEM file, or six octets in a row of any file in hexadecimal.
bool leaks(const std::string& text, const Bytes& file) {
  constexpr std::size_t kCharacters = 12;
  constexpr std::size_t kOctets = 6;
  const auto pem = to_text(file);
  if (pem.starts_with("-----BEGIN")) {
    for (std::size_t at = 0; at + kCharacters <= pem.size(); ++at) {
      const auto run = pem.substr(at, kCharacters);
      if (run.find("-----") == std::string::npos && text.find(run) != std::string::npos) return true;
    }
  }
  for (std::size_t at = 0; at + kOctets <= file.size(); ++at) {
    if (text.find(hex(ByteSpan{file}.subspan(at, kOctets))) != std::string::npos) return true;
  }
  return false;
}

constexpr std::array<std::uint8_t, 32> kKey{1, 2, 3, 4};

}  // namespace

TEST_CASE("no log line and no reason holds key or certificate bytes", "[tls]") {
  std::string said;
  const auto try_out = [&](const ClientConfig& client, std::string_view server_certificate) {
    auto server = server_config(server_certificate);
    server.client_authentication = ClientAuthentication::require;
    server.client_authorities = pki("ca.crt");
    CollectingSink sink;
    SeededRandom random{1};
    const auto session = ClientSession::create(client, random, Logger{sink, "client"});
    said += sink.text();
    if (!session) {
      said += session.error().reason;
      return;
    }
    SessionPair pair{client, server};
    pair.shake_hands();
    said += pair.log();
  };
  const auto trusting = verifying(Version::tls1_2, "ca.crt");
  try_out(with_identity(trusting, "client.crt", "client.key"), "server.crt");
  try_out(with_identity(trusting, "stranger.crt", "stranger.key"), "server.crt");
  try_out(with_identity(trusting, "client.crt", "client.key"), "server_expired.crt");
  for (const auto* key : {"client_aes128.key", "client_pbe.key.der", "stranger.key", "client.crt"}) {
    try_out(with_identity(trusting, "client.crt", key), "server.crt");
  }
  try_out(with_identity(trusting, "client.key", "client.key"), "server.crt");
  try_out(verifying(Version::tls1_2, "client.key"), "server.crt");

  REQUIRE(said.size() > 500);
  for (const auto* file : {"client.key", "client.key.der", "client.crt", "client.der", "stranger.key", "server.key",
                           "server.crt", "ca.crt", "client_aes128.key", "client_pbe.key.der"}) {
    CAPTURE(file, said);
    CHECK_FALSE(leaks(said, pki(file)));
  }
  CHECK(leaks(to_text(pki("client.key")), pki("client.key")));  // the search finds what it should
  CHECK(leaks(hex(pki("client.der")), pki("client.der")));
}

TEST_CASE("the key log gives one NSS line per handshake to who asks for it", "[tls]") {
  for (const auto version : spoken_versions()) {
    std::vector<std::string> lines;
    auto config = client_config(version);
    config.key_log = [&](std::string_view line) { lines.emplace_back(line); };
    SessionPair pair{config, server_config()};
    pair.client->start();
    const auto hello = pair.client->take_outgoing();
    pair.server->feed(hello);
    pair.client->feed(pair.server->take_outgoing());
    pair.exchange();
    REQUIRE(pair.connected());
    REQUIRE(lines.size() == 1);
    const auto client_random = ByteSpan{hello}.subspan(11, 32);
    CHECK_THAT(lines[0], Catch::StartsWith("CLIENT_RANDOM " + hex(client_random) + " "));
    CHECK(lines[0].size() == 14 + 64 + 1 + 96);
    CHECK_THAT(pair.log(), !Catch::Contains(lines[0].substr(14 + 65)));
  }
}

TEST_CASE("wiping leaves zeros behind", "[tls]") {
  Bytes secret = pattern(100);
  secret.resize(40);
  const auto* memory = secret.data();  // stays the vector's when it is cleared
  const auto capacity = secret.capacity();
  wipe(secret);
  CHECK(secret.empty());
  REQUIRE(secret.capacity() == capacity);
  CHECK(std::all_of(memory, memory + capacity, [](auto byte) { return byte == 0; }));

  std::array<std::uint8_t, 4> fixed{1, 2, 3, 4};
  wipe(std::span<std::uint8_t>{fixed});
  CHECK(fixed == std::array<std::uint8_t, 4>{});
}

TEST_CASE("what is sealed opens again, and looks different every time", "[tls][SSL 2.2.7]") {
  SeededRandom random{1};
  AesGcmSealer sealer{kKey, random};
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 2025u, 32768u}) {
    const auto content = pattern(size);
    const auto sealed = sealer.seal(content);
    CHECK(sealed.size() == size + AesGcmSealer::kOverhead);
    CHECK(sealer.seal(content) != sealed);
    const auto opened = sealer.open(sealed);
    CHECK(opened.authentic);
    CHECK(opened.content == content);
    if (size >= 16) CHECK(std::search(sealed.begin(), sealed.end(), content.begin(), content.end()) == sealed.end());
  }
}

TEST_CASE("tampering shows, and still gives a content", "[tls][SSL 2.2.7]") {
  SeededRandom random{1};
  AesGcmSealer sealer{kKey, random};
  const auto content = pattern(100);
  const auto sealed = sealer.seal(content);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto tampered = sealed;
    tampered[at] ^= 0x10;
    const auto opened = sealer.open(tampered);
    CHECK_FALSE(opened.authentic);
    REQUIRE(opened.content.size() == content.size());
    const bool in_ciphertext = at >= 12 && at < 12 + content.size();
    if (in_ciphertext) {
      auto expected = content;
      expected[at - 12] ^= 0x10;
      CHECK(opened.content == expected);
    }
  }
}

TEST_CASE("another key, or too few bytes, is not authentic", "[tls][SSL 2.2.7]") {
  SeededRandom random{1};
  AesGcmSealer sealer{kKey, random};
  const auto sealed = sealer.seal(pattern(10));
  auto other_key = kKey;
  other_key[31] = 1;
  const AesGcmSealer other{other_key, random};
  CHECK_FALSE(other.open(sealed).authentic);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK_FALSE(sealer.open(ByteSpan{sealed}.first(size)).authentic);
  }
  CHECK(sealer.open({}).content.empty());
}

TEST_CASE("sealing is AES-256-GCM as others know it", "[tls]") {
  // Test case 13 of the GCM specification: zero key, zero nonce, no data.
  struct Zeros final : RandomSource {
    void fill(std::span<std::uint8_t> out) override { std::fill(out.begin(), out.end(), std::uint8_t{0}); }
  } zeros;
  AesGcmSealer sealer{std::array<std::uint8_t, 32>{}, zeros};
  CHECK(hex(ByteSpan{sealer.seal({})}.subspan(12)) == "530f8afbc74536b9a963b4f1c4cb738b");
}
