// SPDX-License-Identifier: Apache-2.0
#include "tls/client_session.hpp"

#include <utility>

#include "tls/detail/certificate_files.hpp"
#include "tls/detail/chain_judge.hpp"
#include "tls/detail/engine.hpp"
#include "tls/detail/owned.hpp"

namespace quasimodem::tls {

struct ClientSession::Impl {
  Impl(const ClientConfig& config, RandomSource& random, Logger logger)
      : log{logger}, judge{config.clock, detail::ChainJudge::Rejecting::by_flags}, engine{random, std::move(logger)} {}

  tl::expected<void, TlsError> configure(const ClientConfig& config);
  tl::expected<void, TlsError> trust(const ClientConfig& config);
  tl::expected<void, TlsError> identify(const ClientConfig& config);

  Logger log;
  // Freed after the engine, whose configuration points at them.
  detail::OwnedCertificates authorities;
  detail::OwnedCertificates own_chain;
  detail::OwnedKey own_key;
  detail::ChainJudge judge;
  detail::Engine engine;
};

tl::expected<void, TlsError> ClientSession::Impl::configure(const ClientConfig& config) {
  const detail::Protocol protocol{config.lowest, config.highest, config.suites};
  // mbedtls_ssl_set_hostname is never called: no server_name extension, no comparison of names.
  // ASSUMED: the manual knows neither, and <seclevel> 1 speaks of the CA certificate only.
  return engine.configure(detail::Endpoint::client, protocol)
      .and_then([&] { return trust(config); })
      .and_then([&] { return identify(config); })
      .and_then([&] {
        engine.log_keys_to(config.key_log);
        return engine.set_up(judge);
      });
}

tl::expected<void, TlsError> ClientSession::Impl::trust(const ClientConfig& config) {
  if (config.verification == Verification::none) {
    mbedtls_ssl_conf_authmode(&engine.config(), MBEDTLS_SSL_VERIFY_NONE);
    return {};
  }
  mbedtls_ssl_conf_authmode(&engine.config(), MBEDTLS_SSL_VERIFY_REQUIRED);
  if (config.ca_certificates.empty()) {
    return tl::make_unexpected(TlsError{TlsFailure::bad_certificate_file, "CA certificate: none is configured"});
  }
  auto loaded =
      detail::load_authorities(config.ca_certificates, config.clock, "CA certificate", log, *authorities.get());
  if (loaded) mbedtls_ssl_conf_ca_chain(&engine.config(), authorities.get(), nullptr);
  return loaded;
}

tl::expected<void, TlsError> ClientSession::Impl::identify(const ClientConfig& config) {
  if (!config.client_certificate && !config.client_key) return {};
  if (!config.client_certificate) {
    return tl::make_unexpected(
        TlsError{TlsFailure::bad_certificate_file, "client certificate: none for the client key"});
  }
  if (!config.client_key) {
    return tl::make_unexpected(TlsError{TlsFailure::bad_key_file, "client key: none for the client certificate"});
  }
  return detail::load_own_chain(*config.client_certificate, "client certificate", *own_chain.get())
      .and_then(
          [&] { return detail::load_own_key(*config.client_key, "client key", *own_chain.get(), *own_key.get()); })
      .and_then([&]() -> tl::expected<void, TlsError> {
        const int result = mbedtls_ssl_conf_own_cert(&engine.config(), own_chain.get(), own_key.get());
        if (result != 0)
          return tl::make_unexpected(TlsError{TlsFailure::internal, "client certificate: out of memory"});
        return {};
      });
}

tl::expected<std::unique_ptr<ClientSession>, TlsError> ClientSession::create(const ClientConfig& config,
                                                                             RandomSource& random, const Logger& log) {
  auto impl = std::make_unique<Impl>(config, random, log);
  if (auto configured = impl->configure(config); !configured) {
    log.warning("{}", configured.error().reason);
    return tl::make_unexpected(std::move(configured.error()));
  }
  return std::unique_ptr<ClientSession>{new ClientSession{std::move(impl)}};
}

ClientSession::ClientSession(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
ClientSession::~ClientSession() = default;

void ClientSession::start() { impl_->engine.start(); }
void ClientSession::feed(ByteSpan ciphertext) { impl_->engine.feed(ciphertext); }
void ClientSession::end_of_input(std::string_view how) { impl_->engine.end_of_input(how); }
std::size_t ClientSession::incoming_size() const { return impl_->engine.incoming_size(); }
Bytes ClientSession::read(std::size_t max) { return impl_->engine.read(max); }
std::size_t ClientSession::readable() const { return impl_->engine.readable(); }
bool ClientSession::write(ByteSpan plaintext) { return impl_->engine.write(plaintext); }
Bytes ClientSession::take_outgoing() { return impl_->engine.take_outgoing(); }
void ClientSession::put_back(ByteSpan unsent) { impl_->engine.put_back(unsent); }
std::size_t ClientSession::outgoing_size() const { return impl_->engine.outgoing_size(); }
void ClientSession::close() { impl_->engine.close(); }
ClientSession::State ClientSession::state() const { return impl_->engine.state(); }
const TlsError& ClientSession::error() const { return impl_->engine.error(); }
Version ClientSession::version() const { return impl_->engine.version(); }
CipherSuite ClientSession::suite() const { return impl_->engine.suite(); }
std::optional<std::string> ClientSession::peer_subject() const { return impl_->engine.peer_subject(); }

}  // namespace quasimodem::tls
