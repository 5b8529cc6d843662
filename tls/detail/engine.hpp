// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "tls/detail/chain_judge.hpp"
#include "tls/detail/owned.hpp"
#include "tls/session.hpp"

namespace quasimodem::tls::detail {

enum class Endpoint { client, server };

struct Protocol {
  Version lowest;
  Version highest;
  std::span<const CipherSuite> suites;
};

/// What is behind a Session: mbedTLS between two byte queues. Order of use: construct, `configure`, `identify`, `trust`
/// and `demand`, `set_up`, then the verbs of Session.
///
/// Invariant between calls, once connected: either plaintext is ready, or everything fed so far was looked at. So an
/// alert, a close_notify or a damaged record shows in state() as soon as all plaintext before it was read.
class Engine {
 public:
  using State = Session::State;
  using Done = tl::expected<void, TlsError>;

  /// Without a clock no dates are looked at.
  Engine(RandomSource& random, Logger log, std::optional<UtcTime> clock);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Done configure(Endpoint endpoint, const Protocol& protocol);
  /// With this certificate, its chain and its key.
  Done identify(ByteSpan certificate, ByteSpan key);
  /// Chains of the peer must end in one of these. `what` names the file in the reason.
  Done trust(ByteSpan authorities, std::optional<UtcTime> clock, std::string_view what);
  /// MBEDTLS_SSL_VERIFY_…; with OPTIONAL no certificate is fine, a bad one is not.
  void demand(int authentication_mode);
  void log_keys_to(std::function<void(std::string_view)> key_log);
  /// The handshake goes no further than to this state of the library's (MBEDTLS_SSL_SERVER_HELLO …).
  void stop_before(int library_state) { stop_before_ = library_state; }
  /// Nothing of the above may be configured afterwards.
  Done set_up();
  /// Of a client: what ClientHello calls the server.
  Done name_server(const std::string& name);

  void start();
  void feed(ByteSpan ciphertext);
  void end_of_input(std::string_view how);
  Bytes read(std::size_t max);
  std::size_t readable() const;
  bool write(ByteSpan plaintext);
  Bytes take_outgoing() { return std::exchange(outgoing_, {}); }
  void put_back(ByteSpan unsent);
  std::size_t outgoing_size() const { return outgoing_.size(); }
  std::size_t incoming_size() const { return incoming_.size() - consumed_; }
  void write_empty_record();
  void renegotiate();  ///< server only
  void send_alert(std::uint8_t description);
  void close();

  State state() const { return state_; }
  bool stopped() const { return state_ == State::handshaking && ssl_->state == stop_before_; }
  const TlsError& error() const { return error_; }
  Version version() const;
  CipherSuite suite() const;
  std::optional<std::string> peer_subject() const;
  /// Of a server: what the client called it.
  const std::optional<std::string>& server_name() const { return server_name_; }

 private:
  static int random_bytes(void* source, unsigned char* out, std::size_t size);
  static int send(void* self, const unsigned char* data, std::size_t size);
  static int receive(void* self, unsigned char* out, std::size_t size);
  static int export_keys(void* self, const unsigned char* master, const unsigned char* key_block,
                         std::size_t mac_length, std::size_t key_length, std::size_t iv_length,
                         const unsigned char* client_random, const unsigned char* server_random,
                         mbedtls_tls_prf_types prf);

  static int hear_name(void* self, mbedtls_ssl_context* ssl, const unsigned char* name, std::size_t size);

  template <class Call>
  int until_starved(Call call);
  void advance();
  void shake_hands();
  int shake_on();
  void look_ahead();
  void fail(int code);
  std::optional<std::uint8_t> unreadable_alert() const;
  void finish_input();
  bool may_write() const;

  RandomSource& random_;
  Logger log_;
  std::function<void(std::string_view)> key_log_;
  std::vector<int> suites_;  // the library keeps a pointer
  Endpoint endpoint_ = Endpoint::client;
  std::optional<int> stop_before_;
  std::optional<std::string> server_name_;

  Bytes incoming_;
  std::size_t consumed_ = 0;  // of incoming_
  Bytes outgoing_;
  bool started_ = false;
  bool input_ended_ = false;  // no more ciphertext will be fed
  bool end_seen_ = false;     // … and the library has used up all there was
  std::string ending_;        // why
  bool starved_ = false;      // the library asked for ciphertext and there was none

  State state_ = State::handshaking;
  TlsError error_;

  // Freed after the configuration, which points at them.
  OwnedCertificates authorities_;
  OwnedCertificates own_chain_;
  OwnedKey own_key_;
  ChainJudge judge_;
  OwnedSslConfig config_;
  OwnedSsl ssl_;  // after config_: points into it
};

}  // namespace quasimodem::tls::detail
