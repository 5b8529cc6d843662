// SPDX-License-Identifier: Apache-2.0
#include "tests/tls/session_pair.hpp"

#include "tests/support/catch.hpp"
#include "tls/capabilities.hpp"

namespace quasimodem::tls::test {
namespace {

std::string_view name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "?";
}

template <class From, class To>
void carry(From& from, To& to, Delivery delivery) {
  const auto ciphertext = from.take_outgoing();
  if (delivery == Delivery::in_flights) {
    to.feed(ciphertext);
  } else {
    for (const auto byte : ciphertext) to.feed({&byte, 1});
  }
}

}  // namespace

std::vector<Version> spoken_versions() {
  std::vector<Version> versions;
  for (const auto version : kAllVersions) {
    if (speaks(version)) versions.push_back(version);
  }
  if (versions.size() < kAllVersions.size()) {
    static bool said = false;
    if (!said) WARN("SSL3.0 is not in this build (QUASIMODEM_MBEDTLS=system): its cases are left out");
    said = true;
  }
  return versions;
}

void CollectingSink::write(LogLevel level, std::string_view who, std::string_view message) {
  lines_.push_back(fmt::format("{} {} {}", name(level), who, message));
  levels_.push_back(level);
}

std::string CollectingSink::text() const {
  std::string text;
  for (const auto& line : lines_) text += line + "\n";
  return text;
}

std::size_t CollectingSink::count(LogLevel level) const {
  return static_cast<std::size_t>(std::count(levels_.begin(), levels_.end(), level));
}

ClientConfig client_config(Version version) {
  ClientConfig config;
  config.lowest = version;
  config.highest = version;
  return config;
}

ClientConfig client_config(Version version, CipherSuite suite) {
  auto config = client_config(version);
  config.suites = {suite};
  return config;
}

ClientConfig verifying(Version version, std::string_view ca, std::optional<UtcTime> clock) {
  auto config = client_config(version);
  config.verification = Verification::server;
  config.ca_certificates = pki(ca);
  config.clock = clock;
  return config;
}

ClientConfig with_identity(ClientConfig config, std::string_view certificate, std::string_view key) {
  config.client_certificate = pki(certificate);
  config.client_key = pki(key);
  return config;
}

ServerConfig server_config(std::string_view certificate, std::string_view key) {
  ServerConfig config;
  config.certificate = pki(certificate);
  config.key = pki(key);
  return config;
}

SessionPair::SessionPair(const ClientConfig& client_config, const ServerConfig& server_config, Delivery delivery,
                         std::uint64_t seed)
    : random{seed}, delivery_{delivery} {
  auto made_client = ClientSession::create(client_config, random, Logger{sink, "client"});
  if (!made_client) FAIL("client: " << made_client.error().reason);
  client = std::move(*made_client);
  auto made_server = ServerSession::create(server_config, random, Logger{sink, "server"});
  if (!made_server) FAIL("server: " << made_server.error().reason);
  server = std::move(*made_server);
}

void SessionPair::shake_hands() {
  client->start();
  exchange();
}

void SessionPair::exchange() {
  while (client->outgoing_size() + server->outgoing_size() > 0) {
    carry(*client, *server, delivery_);
    carry(*server, *client, delivery_);
  }
}

Bytes SessionPair::echo(ByteSpan message) {
  REQUIRE(client->write(message));
  exchange();
  REQUIRE(server->write(read_all(*server)));
  exchange();
  return read_all(*client);
}

bool SessionPair::connected() const {
  return client->state() == ClientSession::State::connected && server->state() == ServerSession::State::connected;
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 131 + (i >> 8) * 17);
  return bytes;
}

}  // namespace quasimodem::tls::test
