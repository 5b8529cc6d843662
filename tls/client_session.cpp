// SPDX-License-Identifier: Apache-2.0
#include "tls/client_session.hpp"

#include <utility>

#include "tls/detail/engine.hpp"

namespace quasimodem::tls {
namespace {

using Done = tl::expected<void, TlsError>;

Done refused(TlsFailure failure, const char* reason) { return tl::make_unexpected(TlsError{failure, reason}); }

Done trust(detail::Engine& engine, const ClientConfig& config) {
  const bool verifies = config.verification != Verification::none;
  engine.demand(verifies ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_NONE);
  if (!verifies) return {};
  if (config.ca_certificates.empty()) {
    return refused(TlsFailure::bad_certificate_file, "CA certificate: none is configured");
  }
  return engine.trust(config.ca_certificates, config.clock, "CA certificate");
}

Done identify(detail::Engine& engine, const ClientConfig& config) {
  if (!config.client_certificate && !config.client_key) return {};
  if (!config.client_certificate) {
    return refused(TlsFailure::bad_certificate_file, "client certificate: none for the client key");
  }
  if (!config.client_key) return refused(TlsFailure::bad_key_file, "client key: none for the client certificate");
  return engine.identify(*config.client_certificate, *config.client_key);
}

Done configure(detail::Engine& engine, const ClientConfig& config) {
  return engine.configure(detail::Endpoint::client, {config.lowest, config.highest, config.suites})
      .and_then([&] { return trust(engine, config); })
      .and_then([&] { return identify(engine, config); })
      .and_then([&] {
        engine.log_keys_to(config.key_log);
        return engine.set_up();
      })
      .and_then([&]() -> Done {
        if (!config.server_name) return {};
        return engine.name_server(*config.server_name);
      });
}

}  // namespace

tl::expected<std::unique_ptr<ClientSession>, TlsError> ClientSession::create(const ClientConfig& config,
                                                                             RandomSource& random, const Logger& log) {
  auto engine = std::make_unique<detail::Engine>(random, log, config.clock);
  if (auto configured = configure(*engine, config); !configured) {
    log.warning("{}", configured.error().reason);
    return tl::make_unexpected(std::move(configured.error()));
  }
  return std::unique_ptr<ClientSession>{new ClientSession{std::move(engine)}};
}

void ClientSession::start() { engine_->start(); }

}  // namespace quasimodem::tls
