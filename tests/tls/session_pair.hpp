// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "core/calendar.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "tests/support/pki.hpp"
#include "tls/client_session.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::tls::test {

using namespace std::chrono_literals;

using quasimodem::test::pki;

/// Between 2014 and 2016, when all but the deliberately bad certificates are valid.
inline constexpr UtcTime kGoodTime{std::chrono::sys_days{2015y / 6 / 15} + 12h};

/// The versions this build speaks; says once per run what is left out.
std::vector<Version> spoken_versions();

/// Keeps every line as `level who message`.
class CollectingSink final : public LogSink {
 public:
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel level, std::string_view who, std::string_view message) override;

  const std::vector<std::string>& lines() const { return lines_; }
  std::string text() const;
  std::size_t count(LogLevel level) const;

 private:
  std::vector<std::string> lines_;
  std::vector<LogLevel> levels_;
};

/// Speaks `version` only, and `suite` only when given. Checks nothing.
ClientConfig client_config(Version version);
ClientConfig client_config(Version version, CipherSuite suite);
/// As above, checking against the CA file at `clock`.
ClientConfig verifying(Version version, std::string_view ca, std::optional<UtcTime> clock = kGoodTime);
/// Adds the client certificate and its key.
ClientConfig with_identity(ClientConfig config, std::string_view certificate, std::string_view key);

/// Speaks everything.
ServerConfig server_config(std::string_view certificate = "server.crt", std::string_view key = "server.key");

enum class Delivery { in_flights, byte_by_byte };

/// A client and a server with a wire between them that the test holds in its hands.
class SessionPair {
 public:
  SessionPair(const ClientConfig& client_config, const ServerConfig& server_config,
              Delivery delivery = Delivery::in_flights, std::uint64_t seed = 1);

  /// Starts the client and carries everything both ways until nobody says more.
  void shake_hands();
  void exchange();

  /// Client to server and back, each as one write; gives what the client read.
  Bytes echo(ByteSpan message);

  bool connected() const;
  std::string log() const { return sink.text(); }

  CollectingSink sink;
  SeededRandom random;
  std::unique_ptr<ClientSession> client;
  std::unique_ptr<ServerSession> server;

 private:
  Delivery delivery_;
};

/// All plaintext that is there, in pieces.
template <class Session>
Bytes read_all(Session& session) {
  Bytes all;
  for (auto piece = session.read(1500); !piece.empty(); piece = session.read(1500)) append(all, piece);
  return all;
}

/// `size` bytes without an obvious period.
Bytes pattern(std::size_t size);

}  // namespace quasimodem::tls::test
