// SPDX-License-Identifier: Apache-2.0
// The TLS engine without anything around it, beside the library it is made of.
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "core/log.hpp"
#include "core/random.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/measurements.hpp"
#include "tests/bench/module.hpp"
#include "tls/client_session.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::size_t kTotal = 16'000'000;
constexpr int kBlocks = 7;
constexpr std::size_t kLargestRecord = 16384;

// ---- ours

struct EnginePair {
  EnginePair() {
    tls::ClientConfig client_config;
    client_config.lowest = client_config.highest = tls::Version::tls1_2;
    client_config.suites = {tls::CipherSuite::rsa_aes_256_cbc_sha};
    auto made = tls::ClientSession::create(client_config, random, Logger{});
    tls::ServerConfig server_config;
    server_config.certificate = certificate("server.crt");
    server_config.key = certificate("server.key");
    auto server_made = tls::ServerSession::create(server_config, random, Logger{});
    if (!made || !server_made) throw Failure{"TLS sessions cannot be made"};
    client = std::move(*made);
    server = std::move(*server_made);
    client->start();
    while (client->state() == State::handshaking || server->state() == State::handshaking) {
      server->feed(client->take_outgoing());
      client->feed(server->take_outgoing());
    }
    if (client->state() != State::connected) throw Failure{client->error().reason};
  }

  double rate(std::size_t write_size) {
    Pattern sent, received;
    const Stopwatch watch;
    while (sent.position() < kTotal) {
      const auto data = sent.next(std::min(write_size, kTotal - sent.position()));
      if (!client->write(data)) throw Failure{"the engine refuses to write"};
      sent.advance(data.size());
      server->feed(client->take_outgoing());
      for (auto plain = server->read(kLargestRecord); !plain.empty(); plain = server->read(kLargestRecord)) {
        received.compare(plain);
      }
    }
    if (received.position() != kTotal) throw Failure{"the engine lost something"};
    return kTotal / watch.seconds();
  }

  using State = tls::ClientSession::State;
  SeededRandom random{5};
  std::unique_ptr<tls::ClientSession> client;
  std::unique_ptr<tls::ServerSession> server;
};

// ---- the library's own

void expect_done(int result, const char* what) {
  if (result != 0) throw Failure{fmt::format("mbedTLS: {}: -0x{:04X}", what, static_cast<unsigned>(-result))};
}

/// The library wants PEM as a C string.
Bytes with_end(Bytes file) {
  file.push_back(0);
  return file;
}

/// One end, its BIO a buffer in memory.
struct LibraryEnd {
  explicit LibraryEnd(int end) {
    mbedtls_ssl_init(&ssl);
    mbedtls_ssl_config_init(&config);
    expect_done(mbedtls_ssl_config_defaults(&config, end, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
                "defaults");
    static constexpr std::array<int, 2> kSuites{MBEDTLS_TLS_RSA_WITH_AES_256_CBC_SHA, 0};
    mbedtls_ssl_conf_ciphersuites(&config, kSuites.data());
    mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#if defined(MBEDTLS_SSL_ENCRYPT_THEN_MAC)
    mbedtls_ssl_conf_encrypt_then_mac(&config, MBEDTLS_SSL_ETM_DISABLED);
#endif
    mbedtls_ssl_conf_rng(&config, &LibraryEnd::random_bytes, &random);
  }
  ~LibraryEnd() {
    mbedtls_ssl_free(&ssl);
    mbedtls_ssl_config_free(&config);
  }
  LibraryEnd(const LibraryEnd&) = delete;
  LibraryEnd& operator=(const LibraryEnd&) = delete;

  void set_up(LibraryEnd& other) {
    peer = &other;
    expect_done(mbedtls_ssl_setup(&ssl, &config), "set-up");
    mbedtls_ssl_set_bio(&ssl, this, &LibraryEnd::send, &LibraryEnd::receive, nullptr);
  }

  static int random_bytes(void* source, unsigned char* out, std::size_t size) {
    static_cast<SeededRandom*>(source)->fill({out, size});
    return 0;
  }
  static int send(void* self, const unsigned char* data, std::size_t size) {
    append(static_cast<LibraryEnd*>(self)->peer->incoming, ByteSpan{data, size});
    return static_cast<int>(size);
  }
  static int receive(void* self, unsigned char* out, std::size_t size) {
    auto& end = *static_cast<LibraryEnd*>(self);
    const auto count = std::min(size, end.incoming.size() - end.consumed);
    if (count == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    std::memcpy(out, end.incoming.data() + end.consumed, count);
    end.consumed += count;
    if (end.consumed == end.incoming.size()) {
      end.incoming.clear();
      end.consumed = 0;
    }
    return static_cast<int>(count);
  }

  mbedtls_ssl_config config{};
  mbedtls_ssl_context ssl{};
  SeededRandom random{6};
  LibraryEnd* peer = nullptr;
  Bytes incoming;
  std::size_t consumed = 0;
};

struct LibraryPair {
  LibraryPair() : client{MBEDTLS_SSL_IS_CLIENT}, server{MBEDTLS_SSL_IS_SERVER} {
    mbedtls_x509_crt_init(&chain);
    mbedtls_pk_init(&key);
    const auto chain_file = with_end(certificate("server.crt")), key_file = with_end(certificate("server.key"));
    expect_done(mbedtls_x509_crt_parse(&chain, chain_file.data(), chain_file.size()), "certificate");
    expect_done(mbedtls_pk_parse_key(&key, key_file.data(), key_file.size(), nullptr, 0), "key");
    expect_done(mbedtls_ssl_conf_own_cert(&server.config, &chain, &key), "certificate and key");
    client.set_up(server);
    server.set_up(client);
    int client_result = MBEDTLS_ERR_SSL_WANT_READ, server_result = MBEDTLS_ERR_SSL_WANT_READ;
    while (client_result != 0 || server_result != 0) {
      client_result = step(client);
      server_result = step(server);
    }
  }
  ~LibraryPair() {
    mbedtls_x509_crt_free(&chain);
    mbedtls_pk_free(&key);
  }
  LibraryPair(const LibraryPair&) = delete;
  LibraryPair& operator=(const LibraryPair&) = delete;

  static int step(LibraryEnd& end) {
    const int result = mbedtls_ssl_handshake(&end.ssl);
    if (result != MBEDTLS_ERR_SSL_WANT_READ) expect_done(result, "handshake");
    return result;
  }

  double rate(std::size_t write_size) {
    Pattern sent, received;
    std::array<std::uint8_t, kLargestRecord> plain{};
    const Stopwatch watch;
    while (sent.position() < kTotal) {
      const auto data = sent.next(std::min(write_size, kTotal - sent.position()));
      const int written = mbedtls_ssl_write(&client.ssl, data.data(), data.size());
      if (written <= 0) expect_done(written, "write");
      sent.advance(static_cast<std::size_t>(written));
      for (;;) {
        const int size = mbedtls_ssl_read(&server.ssl, plain.data(), plain.size());
        if (size == MBEDTLS_ERR_SSL_WANT_READ) break;
        if (size < 0) expect_done(size, "read");
        received.compare(ByteSpan{plain}.first(static_cast<std::size_t>(size)));
      }
    }
    return kTotal / watch.seconds();
  }

  LibraryEnd client;
  LibraryEnd server;
  mbedtls_x509_crt chain{};
  mbedtls_pk_context key{};
};

}  // namespace

void measure_engine(Report& report) {
  EnginePair engine;
  LibraryPair library;
  for (const auto write_size : {kLargestRecord, std::size_t{1460}}) {
    std::vector<double> rates, library_rates;
    for (int block = 0; block < kBlocks; ++block) {
      rates.push_back(engine.rate(write_size));
      library_rates.push_back(library.rate(write_size));
    }
    const auto rate = median(rates), beside = median(library_rates);
    report.add(line(fmt::format("TLS engine in memory, {} octets a write", write_size),
                    fmt::format("{:.0f} MB/s", rate / kMega),
                    fmt::format("{:.0f} MB/s mbedTLS called directly", beside / kMega), rate / beside,
                    at_least(0.8, rate / beside, "")));
  }
}

}  // namespace quasimodem::bench
