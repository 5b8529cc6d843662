// SPDX-License-Identifier: Apache-2.0
#include "tls/server/server_session.hpp"

#include <utility>

#include "tls/detail/engine.hpp"

namespace quasimodem::tls {
namespace {

int authentication_mode(ClientAuthentication authentication) {
  switch (authentication) {
    case ClientAuthentication::none: return MBEDTLS_SSL_VERIFY_NONE;
    case ClientAuthentication::request: return MBEDTLS_SSL_VERIFY_OPTIONAL;
    case ClientAuthentication::require: return MBEDTLS_SSL_VERIFY_REQUIRED;
  }
  return MBEDTLS_SSL_VERIFY_REQUIRED;
}

int library_state(HandshakePoint point) {
  switch (point) {
    case HandshakePoint::hello: return MBEDTLS_SSL_SERVER_HELLO;
    case HandshakePoint::certificate: return MBEDTLS_SSL_SERVER_KEY_EXCHANGE;  // a message RSA does not have
    case HandshakePoint::key_exchange: return MBEDTLS_SSL_CERTIFICATE_VERIFY;
    case HandshakePoint::finished: return MBEDTLS_SSL_SERVER_CHANGE_CIPHER_SPEC;
  }
  return MBEDTLS_SSL_SERVER_HELLO;
}

tl::expected<void, TlsError> configure(detail::Engine& engine, const ServerConfig& config) {
  return engine.configure(detail::Endpoint::server, {config.lowest, config.highest, config.suites})
      .and_then([&] { return engine.identify(config.certificate, config.key); })
      .and_then([&]() -> tl::expected<void, TlsError> {
        if (config.client_authorities.empty()) return {};
        return engine.trust(config.client_authorities, std::nullopt, "CA certificate for clients");
      })
      .and_then([&] {
        engine.demand(authentication_mode(config.client_authentication));
        if (config.stop_at) engine.stop_before(library_state(*config.stop_at));
        return engine.set_up();
      })
      .map([&] { engine.start(); });
}

}  // namespace

tl::expected<std::unique_ptr<ServerSession>, TlsError> ServerSession::create(const ServerConfig& config,
                                                                             RandomSource& random, const Logger& log) {
  auto engine = std::make_unique<detail::Engine>(random, log, std::nullopt);
  if (auto configured = configure(*engine, config); !configured) {
    log.warning("{}", configured.error().reason);
    return tl::make_unexpected(std::move(configured.error()));
  }
  return std::unique_ptr<ServerSession>{new ServerSession{std::move(engine)}};
}

void ServerSession::write_empty_record() { engine_->write_empty_record(); }

void ServerSession::renegotiate(ClientAuthentication client_authentication) {
  engine_->demand(authentication_mode(client_authentication));
  engine_->renegotiate();
}

void ServerSession::send_alert(std::uint8_t description) { engine_->send_alert(description); }
bool ServerSession::stopped() const { return engine_->stopped(); }
const std::optional<std::string>& ServerSession::server_name() const { return engine_->server_name(); }

}  // namespace quasimodem::tls
