// SPDX-License-Identifier: Apache-2.0
#include "tls/detail/engine.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <mbedtls/oid.h>
#include <mbedtls/ssl_ciphersuites.h>

#include "core/secret_bytes.hpp"
#include "tls/capabilities.hpp"
#include "tls/detail/certificate_files.hpp"
#include "tls/detail/library_error.hpp"

namespace quasimodem::tls::detail {
namespace {

// ASSUMED: a module of 2015 accepts what its time had: SHA-1 and MD5 signatures and RSA from 1024 bits.
const mbedtls_x509_crt_profile kProfile2015 = [] {
  auto profile = mbedtls_x509_crt_profile_default;
  profile.allowed_mds |= MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA1) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_MD5);
  profile.rsa_min_bitlen = 1024;
  return profile;
}();

// ASSUMED: the same goes for signature_algorithms in a TLS 1.2 ClientHello. Without SHA-1 in it some servers with a
// SHA-1 certificate fall back to TLS 1.1.
constexpr int kSignatureHashes[] = {MBEDTLS_MD_SHA512, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA224,
                                    MBEDTLS_MD_SHA1,   MBEDTLS_MD_MD5,    MBEDTLS_MD_NONE};

// Ciphertext that was used up is dropped from the queue when it is at least this much.
constexpr std::size_t kCompactAbove = 16384;

tl::unexpected<TlsError> not_supported(std::string reason) {
  return tl::make_unexpected(TlsError{TlsFailure::not_supported, std::move(reason)});
}

/// The versions of the range that the library was built with.
tl::expected<Protocol, TlsError> spoken_part(Protocol protocol) {
  const auto in_range = [&](Version version) {
    return protocol.lowest <= version && version <= protocol.highest && speaks(version);
  };
  const auto lowest = std::ranges::find_if(kAllVersions, in_range);
  if (lowest == kAllVersions.end()) {
    return not_supported(fmt::format("{} is not in the mbedTLS this program was built with", name(protocol.highest)));
  }
  protocol.lowest = *lowest;
  while (!speaks(protocol.highest)) protocol.highest = Version(std::uint8_t(protocol.highest) - 1);
  return protocol;
}

/// The suites the library has. One of them at least must be allowed in the range: the library itself would send a
/// ClientHello without any suite and wait.
tl::expected<std::vector<int>, TlsError> known_suites(const Protocol& protocol) {
  std::vector<int> known;
  bool usable = false;
  for (const auto suite : protocol.suites) {
    if (mbedtls_ssl_ciphersuite_from_id(int(suite)) == nullptr) continue;
    known.push_back(int(suite));
    usable = usable || allowed(protocol.highest, suite);
  }
  if (!usable) {
    return not_supported(protocol.suites.empty() ? std::string{"no cipher suite is configured"}
                                                 : fmt::format("{} cannot be used with {}",
                                                               name(protocol.suites.front()), name(protocol.highest)));
  }
  known.push_back(0);  // end of the library's list
  return known;
}

/// Switched off or on as a stack of 2015 had it, whatever this library's defaults are.
void configure_as_of_2015(mbedtls_ssl_config& config) {
  mbedtls_ssl_conf_arc4_support(&config, MBEDTLS_SSL_ARC4_ENABLED);
  mbedtls_ssl_conf_cert_profile(&config, &kProfile2015);
  mbedtls_ssl_conf_sig_hashes(&config, kSignatureHashes);
#if defined(MBEDTLS_SSL_ENCRYPT_THEN_MAC)
  mbedtls_ssl_conf_encrypt_then_mac(&config, MBEDTLS_SSL_ETM_DISABLED);  // RFC 7366, 2014
#endif
#if defined(MBEDTLS_SSL_EXTENDED_MASTER_SECRET)
  mbedtls_ssl_conf_extended_master_secret(&config, MBEDTLS_SSL_EXTENDED_MS_DISABLED);  // RFC 7627, 2015
#endif
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
  mbedtls_ssl_conf_session_tickets(&config, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
#endif
#if defined(MBEDTLS_SSL_CBC_RECORD_SPLITTING)
  // ASSUMED: one write is one record. Splitting 1/n-1 (against BEAST, a browser's problem) would show servers the first
  // byte of every QSSLSEND alone.
  mbedtls_ssl_conf_cbc_record_splitting(&config, MBEDTLS_SSL_CBC_RECORD_SPLITTING_DISABLED);
#endif
#if defined(MBEDTLS_SSL_RENEGOTIATION)
  // ASSUMED: a server may renegotiate, which is how web servers of the time asked for a client certificate on some
  // paths only. Without RFC 5746 it may not; as the library knows it from TLS 1.0 on, never in SSL 3.0.
  mbedtls_ssl_conf_renegotiation(&config, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
#endif
}

std::string hex(const unsigned char* data, std::size_t size) {
  std::string text;
  for (const auto byte : ByteSpan{data, size}) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

}  // namespace

Engine::Engine(RandomSource& random, Logger log, std::optional<UtcTime> clock)
    : random_{random}, log_{std::move(log)}, judge_{clock} {}

Engine::Done Engine::configure(Endpoint endpoint, const Protocol& protocol) {
  const auto spoken = spoken_part(protocol);
  if (!spoken) return tl::make_unexpected(spoken.error());
  auto suites = known_suites(*spoken);
  if (!suites) return tl::make_unexpected(suites.error());
  suites_ = std::move(*suites);
  endpoint_ = endpoint;

  const int end = endpoint == Endpoint::client ? MBEDTLS_SSL_IS_CLIENT : MBEDTLS_SSL_IS_SERVER;
  const int result =
      mbedtls_ssl_config_defaults(config_.get(), end, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
  if (result != 0) return tl::make_unexpected(TlsError{TlsFailure::internal, library_text(result)});
  mbedtls_ssl_conf_rng(config_.get(), &Engine::random_bytes, &random_);
  mbedtls_ssl_conf_min_version(config_.get(), MBEDTLS_SSL_MAJOR_VERSION_3, int(spoken->lowest));
  mbedtls_ssl_conf_max_version(config_.get(), MBEDTLS_SSL_MAJOR_VERSION_3, int(spoken->highest));
  mbedtls_ssl_conf_ciphersuites(config_.get(), suites_.data());
  configure_as_of_2015(*config_.get());
  return {};
}

Engine::Done Engine::identify(ByteSpan certificate, ByteSpan key) {
  const bool server = endpoint_ == Endpoint::server;
  const std::string what = server ? "server certificate" : "client certificate";
  return load_own_chain(certificate, what, *own_chain_.get())
      .and_then(
          [&] { return load_own_key(key, server ? "server key" : "client key", *own_chain_.get(), *own_key_.get()); })
      .and_then([&]() -> Done {
        // The library does not serve a certificate that is not meant for a server. This server does: judging it is the
        // client's business. Only the parsed view is changed, not what goes over the wire.
        if (server) own_chain_->ext_types &= ~(MBEDTLS_X509_EXT_KEY_USAGE | MBEDTLS_X509_EXT_EXTENDED_KEY_USAGE);
        const int result = mbedtls_ssl_conf_own_cert(config_.get(), own_chain_.get(), own_key_.get());
        if (result != 0) return tl::make_unexpected(TlsError{TlsFailure::internal, what + ": out of memory"});
        return {};
      });
}

Engine::Done Engine::trust(ByteSpan authorities, std::optional<UtcTime> clock, std::string_view what) {
  auto loaded = load_authorities(authorities, clock, what, log_, *authorities_.get());
  if (loaded) mbedtls_ssl_conf_ca_chain(config_.get(), authorities_.get(), nullptr);
  return loaded;
}

void Engine::demand(int authentication_mode) {
  mbedtls_ssl_conf_authmode(config_.get(), authentication_mode);
  judge_.refuse_by_itself(authentication_mode == MBEDTLS_SSL_VERIFY_OPTIONAL);
}

void Engine::log_keys_to(std::function<void(std::string_view)> key_log) {
  key_log_ = std::move(key_log);
#if defined(MBEDTLS_SSL_EXPORT_KEYS)
  if (key_log_) mbedtls_ssl_conf_export_keys_ext_cb(config_.get(), &Engine::export_keys, this);
#else
  if (key_log_) log_.warning("no key log: it is not in the mbedTLS this program was built with");
#endif
}

Engine::Done Engine::set_up() {
  if (const int result = mbedtls_ssl_setup(ssl_.get(), config_.get()); result != 0) {
    return tl::make_unexpected(TlsError{TlsFailure::internal, library_text(result)});
  }
  mbedtls_ssl_set_bio(ssl_.get(), this, &Engine::send, &Engine::receive, nullptr);
  judge_.attach(*ssl_.get());
  if (endpoint_ == Endpoint::server) mbedtls_ssl_conf_sni(config_.get(), &Engine::hear_name, this);
  return {};
}

Engine::Done Engine::name_server(const std::string& name) {
  if (const int result = mbedtls_ssl_set_hostname(ssl_.get(), name.c_str()); result != 0)
    return tl::make_unexpected(TlsError{TlsFailure::internal, library_text(result)});
  return {};
}

/// Every name is as good as any other: there is one certificate.
int Engine::hear_name(void* self, mbedtls_ssl_context*, const unsigned char* name, std::size_t size) {
  static_cast<Engine*>(self)->server_name_ = std::string{as_text({name, size})};
  return 0;
}

int Engine::random_bytes(void* source, unsigned char* out, std::size_t size) {
  static_cast<RandomSource*>(source)->fill({out, size});
  return 0;
}

int Engine::send(void* self, const unsigned char* data, std::size_t size) {
  append(static_cast<Engine*>(self)->outgoing_, ByteSpan{data, size});
  return static_cast<int>(size);
}

int Engine::receive(void* self, unsigned char* out, std::size_t size) {
  auto& engine = *static_cast<Engine*>(self);
  const auto count = std::min(size, engine.incoming_size());
  if (count == 0) {
    engine.starved_ = !engine.input_ended_;
    engine.end_seen_ = engine.input_ended_;
    return engine.input_ended_ ? 0 : MBEDTLS_ERR_SSL_WANT_READ;
  }
  std::memcpy(out, engine.incoming_.data() + engine.consumed_, count);
  engine.consumed_ += count;
  return static_cast<int>(count);
}

int Engine::export_keys(void* self, const unsigned char* master, const unsigned char*, std::size_t, std::size_t,
                        std::size_t, const unsigned char* client_random, const unsigned char*, mbedtls_tls_prf_types) {
  auto line = fmt::format("CLIENT_RANDOM {} {}", hex(client_random, 32), hex(master, 48));
  static_cast<Engine*>(self)->key_log_(line);
  wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
  return 0;
}

void Engine::start() {
  if (started_) return;
  started_ = true;
  advance();
}

void Engine::feed(ByteSpan ciphertext) {
  if (state_ != State::handshaking && state_ != State::connected) return;
  if (consumed_ == incoming_.size()) {
    incoming_.clear();
    consumed_ = 0;
  } else if (consumed_ >= kCompactAbove) {
    incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
  }
  append(incoming_, ciphertext);
  advance();
}

void Engine::end_of_input(std::string_view how) {
  input_ended_ = true;
  ending_ = how;
  advance();
}

void Engine::advance() {
  if (!started_) return;
  if (state_ == State::handshaking) shake_hands();
  look_ahead();
}

/// Repeats a call into the library while it says WANT_READ although there was ciphertext: it does so after swallowing
/// a warning alert.
template <class Call>
int Engine::until_starved(Call call) {
  for (;;) {
    starved_ = false;
    const auto before = incoming_size();
    const int result = call();
    const bool swallowed = result == MBEDTLS_ERR_SSL_WANT_READ && !starved_ && incoming_size() < before;
    if (!swallowed) return result;
  }
}

/// mbedtls_ssl_handshake, except that it can stop on the way.
int Engine::shake_on() {
  int result = 0;
  while (result == 0 && !stopped() && ssl_->state != MBEDTLS_SSL_HANDSHAKE_OVER) {
    result = mbedtls_ssl_handshake_step(ssl_.get());
  }
  return result;
}

void Engine::shake_hands() {
  const int result = until_starved([&] { return shake_on(); });
  if (result == MBEDTLS_ERR_SSL_WANT_READ) return;
  if (result != 0) return fail(result);
  if (stopped()) return;
  state_ = State::connected;
  log_.info("connected with {} {}, peer {}", name(version()), name(suite()),
            peer_subject().value_or("without certificate"));
}

void Engine::look_ahead() {
  while (state_ == State::connected && readable() == 0) {
    unsigned char none = 0;
    // Length 0: decrypts one record into the library's own buffer and takes nothing from it.
    const int result = until_starved([&] { return mbedtls_ssl_read(ssl_.get(), &none, 0); });
    if (result == MBEDTLS_ERR_SSL_WANT_READ) return;
    if (result == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || end_seen_) return finish_input();
    if (result != 0) return fail(result);
    // 0 and nothing readable: the peer sent empty records (OpenSSL does before CBC records of SSL 3.0 and TLS 1.0).
  }
}

void Engine::finish_input() {
  state_ = State::peer_closed;
  if (end_seen_) {
    log_.info("{} without close_notify", ending_);
  } else {
    log_.debug("the peer sent close_notify");
  }
}

Bytes Engine::read(std::size_t max) {
  Bytes plaintext;
  while (plaintext.size() < max) {
    look_ahead();
    const auto count = std::min(readable(), max - plaintext.size());
    if (count == 0) break;
    const auto filled = plaintext.size();
    plaintext.resize(filled + count);
    const int result = mbedtls_ssl_read(ssl_.get(), plaintext.data() + filled, count);
    plaintext.resize(filled + (result > 0 ? static_cast<std::size_t>(result) : 0));
    if (result == MBEDTLS_ERR_SSL_WANT_READ) break;
    if (result <= 0) {
      fail(result);
      break;
    }
  }
  look_ahead();
  return plaintext;
}

std::size_t Engine::readable() const {
  return state_ == State::connected ? mbedtls_ssl_get_bytes_avail(ssl_.get()) : 0;
}

/// A server still answers what came before the client's close_notify.
bool Engine::may_write() const {
  return state_ == State::connected || (endpoint_ == Endpoint::server && state_ == State::peer_closed);
}

bool Engine::write(ByteSpan plaintext) {
  if (!may_write() || outgoing_.size() > Session::kOutgoingLimit) return false;
  std::size_t written = 0;
  while (written < plaintext.size()) {
    const int result = mbedtls_ssl_write(ssl_.get(), plaintext.data() + written, plaintext.size() - written);
    // A renegotiation is going on. Only ever before the first byte: the library reads nothing while it writes.
    if (result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WAITING_SERVER_HELLO_RENEGO) return false;
    if (result <= 0) {
      fail(result);
      return false;
    }
    written += static_cast<std::size_t>(result);
  }
  return true;
}

void Engine::write_empty_record() {
  if (state_ != State::connected) return;
  const unsigned char none = 0;
  if (const int result = mbedtls_ssl_write(ssl_.get(), &none, 0); result < 0) fail(result);
}

void Engine::put_back(ByteSpan unsent) { outgoing_.insert(outgoing_.begin(), unsent.begin(), unsent.end()); }

void Engine::renegotiate() {
#if defined(MBEDTLS_SSL_RENEGOTIATION)
  if (state_ != State::connected) return;
  if (const int result = mbedtls_ssl_renegotiate(ssl_.get()); result != 0) fail(result);
#endif
}

void Engine::send_alert(std::uint8_t description) {
  if (state_ == State::failed || state_ == State::closed) return;
  if (ssl_->major_ver == 0) {
    // No ClientHello yet. The library would put version 0.0 into the record; clients begin with the lowest they speak.
    ssl_->major_ver = static_cast<int>(config_->min_major_ver);
    ssl_->minor_ver = static_cast<int>(config_->min_minor_ver);
  }
  const bool warning = description == MBEDTLS_SSL_ALERT_MSG_CLOSE_NOTIFY ||
                       description == MBEDTLS_SSL_ALERT_MSG_USER_CANCELED ||
                       description == MBEDTLS_SSL_ALERT_MSG_NO_RENEGOTIATION;
  mbedtls_ssl_send_alert_message(ssl_.get(), warning ? MBEDTLS_SSL_ALERT_LEVEL_WARNING : MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                 description);
  state_ = State::closed;
}

void Engine::close() {
  if (state_ == State::failed || state_ == State::closed) return;
  // Does nothing before the end of the handshake.
  if (state_ != State::handshaking) mbedtls_ssl_close_notify(ssl_.get());
  state_ = State::closed;
}

void Engine::fail(int code) {
  PeerFailure failure{.code = code, .ending = ending_};
  if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) failure.alert = ssl_->in_msg[1];
  if (code == MBEDTLS_ERR_SSL_INVALID_RECORD) {
    failure.record_header = {ssl_->in_hdr, 5};
    if (const auto alert = unreadable_alert()) {
      failure.code = MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE;
      failure.alert = *alert;
    }
  }
  if (ssl_->session_negotiate != nullptr) failure.verify_flags = ssl_->session_negotiate->verify_result;
  failure.verdict = judge_.verdict(failure.verify_flags);
  error_ = peer_error(failure);
  state_ = State::failed;
  log_.warning("{}", error_.reason);
}

/// An alert the library refuses to look into. Servers without SSL 3.0 answer with a version of their own liking in the
/// record's header (OBSERVED: 3.1 and 0.0). Its two bytes are then still in the queue.
std::optional<std::uint8_t> Engine::unreadable_alert() const {
  const std::uint8_t* header = ssl_->in_hdr;
  const bool alert = header[0] == MBEDTLS_SSL_MSG_ALERT && header[3] == 0 && header[4] == 2 && incoming_size() >= 2;
  if (!alert || incoming_[consumed_] != MBEDTLS_SSL_ALERT_LEVEL_FATAL) return std::nullopt;
  return incoming_[consumed_ + 1];
}

Version Engine::version() const { return Version(ssl_->minor_ver); }

CipherSuite Engine::suite() const {
  return CipherSuite(mbedtls_ssl_get_ciphersuite_id(mbedtls_ssl_get_ciphersuite(ssl_.get())));
}

std::optional<std::string> Engine::peer_subject() const {
  const auto* certificate = mbedtls_ssl_get_peer_cert(ssl_.get());
  if (certificate == nullptr) return std::nullopt;
  return subject(*certificate);
}

}  // namespace quasimodem::tls::detail
