// SPDX-License-Identifier: Apache-2.0
#include "tls/server/server_session.hpp"

#include <utility>

#include <mbedtls/oid.h>

#include "tls/detail/certificate_files.hpp"
#include "tls/detail/chain_judge.hpp"
#include "tls/detail/engine.hpp"
#include "tls/detail/owned.hpp"

namespace quasimodem::tls {
namespace {

int authentication_mode(ClientAuthentication authentication) {
  switch (authentication) {
    case ClientAuthentication::none: return MBEDTLS_SSL_VERIFY_NONE;
    // OPTIONAL takes bad certificates too; ChainJudge::Rejecting::by_itself refuses those.
    case ClientAuthentication::request: return MBEDTLS_SSL_VERIFY_OPTIONAL;
    case ClientAuthentication::require: return MBEDTLS_SSL_VERIFY_REQUIRED;
  }
  return MBEDTLS_SSL_VERIFY_REQUIRED;
}

detail::ChainJudge::Rejecting rejecting(ClientAuthentication authentication) {
  return authentication == ClientAuthentication::request ? detail::ChainJudge::Rejecting::by_itself
                                                         : detail::ChainJudge::Rejecting::by_flags;
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

}  // namespace

struct ServerSession::Impl {
  Impl(RandomSource& random, Logger logger) : log{logger}, engine{random, std::move(logger)} {}

  tl::expected<void, TlsError> configure(const ServerConfig& config);
  tl::expected<void, TlsError> identify(const ServerConfig& config);
  tl::expected<void, TlsError> trust(const ServerConfig& config);
  void demand(ClientAuthentication authentication);

  Logger log;
  detail::OwnedCertificates own_chain;
  detail::OwnedKey own_key;
  detail::OwnedCertificates authorities;
  detail::ChainJudge judge{std::nullopt, detail::ChainJudge::Rejecting::by_flags};
  detail::Engine engine;  // freed first: its configuration points at the above
};

tl::expected<void, TlsError> ServerSession::Impl::configure(const ServerConfig& config) {
  const detail::Protocol protocol{config.lowest, config.highest, config.suites};
  return engine.configure(detail::Endpoint::server, protocol)
      .and_then([&] { return identify(config); })
      .and_then([&] { return trust(config); })
      .and_then([&] {
        demand(config.client_authentication);
        if (config.stop_at) engine.stop_before(library_state(*config.stop_at));
        return engine.set_up(judge);
      })
      .map([&] { engine.start(); });
}

tl::expected<void, TlsError> ServerSession::Impl::identify(const ServerConfig& config) {
  return detail::load_own_chain(config.certificate, "server certificate", *own_chain.get())
      .and_then([&] { return detail::load_own_key(config.key, "server key", *own_chain.get(), *own_key.get()); })
      .and_then([&]() -> tl::expected<void, TlsError> {
        // The library does not serve a certificate that is not meant for a server. This server does: judging it is the
        // client's business. Only the parsed view is changed, not what goes over the wire.
        own_chain->ext_types &= ~(MBEDTLS_X509_EXT_KEY_USAGE | MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE);
        const int result = mbedtls_ssl_conf_own_cert(&engine.config(), own_chain.get(), own_key.get());
        if (result != 0)
          return tl::make_unexpected(TlsError{TlsFailure::internal, "server certificate: out of memory"});
        return {};
      });
}

tl::expected<void, TlsError> ServerSession::Impl::trust(const ServerConfig& config) {
  if (config.client_authorities.empty()) return {};
  auto loaded = detail::load_authorities(config.client_authorities, std::nullopt, "CA certificate for clients", log,
                                         *authorities.get());
  if (loaded) mbedtls_ssl_conf_ca_chain(&engine.config(), authorities.get(), nullptr);
  return loaded;
}

void ServerSession::Impl::demand(ClientAuthentication authentication) {
  mbedtls_ssl_conf_authmode(&engine.config(), authentication_mode(authentication));
  judge.reject(rejecting(authentication));
}

tl::expected<std::unique_ptr<ServerSession>, TlsError> ServerSession::create(const ServerConfig& config,
                                                                             RandomSource& random, const Logger& log) {
  auto impl = std::make_unique<Impl>(random, log);
  if (auto configured = impl->configure(config); !configured) {
    log.warning("{}", configured.error().reason);
    return tl::make_unexpected(std::move(configured.error()));
  }
  return std::unique_ptr<ServerSession>{new ServerSession{std::move(impl)}};
}

ServerSession::ServerSession(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
ServerSession::~ServerSession() = default;

void ServerSession::feed(ByteSpan ciphertext) { impl_->engine.feed(ciphertext); }
void ServerSession::end_of_input() { impl_->engine.end_of_input("the stream ended"); }
std::size_t ServerSession::incoming_size() const { return impl_->engine.incoming_size(); }
Bytes ServerSession::read(std::size_t max) { return impl_->engine.read(max); }
std::size_t ServerSession::readable() const { return impl_->engine.readable(); }
bool ServerSession::write(ByteSpan plaintext) { return impl_->engine.write(plaintext); }
void ServerSession::write_empty_record() { impl_->engine.write_empty_record(); }
Bytes ServerSession::take_outgoing() { return impl_->engine.take_outgoing(); }
void ServerSession::put_back(ByteSpan unsent) { impl_->engine.put_back(unsent); }
std::size_t ServerSession::outgoing_size() const { return impl_->engine.outgoing_size(); }

void ServerSession::renegotiate(ClientAuthentication client_authentication) {
  impl_->demand(client_authentication);
  impl_->engine.renegotiate();
}

void ServerSession::send_alert(std::uint8_t description) { impl_->engine.send_alert(description); }
void ServerSession::close() { impl_->engine.close(); }
ServerSession::State ServerSession::state() const { return impl_->engine.state(); }
bool ServerSession::stopped() const { return impl_->engine.stopped(); }
const TlsError& ServerSession::error() const { return impl_->engine.error(); }
Version ServerSession::version() const { return impl_->engine.version(); }
CipherSuite ServerSession::suite() const { return impl_->engine.suite(); }
std::optional<std::string> ServerSession::client_subject() const { return impl_->engine.peer_subject(); }

}  // namespace quasimodem::tls
