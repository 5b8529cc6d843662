// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.hpp"
#include "net/sim/sim_network.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::workbench {

/// One connection of the module to a TLS server on the simulated network, with the server's hands on its plaintext.
class TlsVisit {
 public:
  TlsVisit(net::SimConnection& wire, std::unique_ptr<tls::ServerSession> session);
  TlsVisit(const TlsVisit&) = delete;
  TlsVisit& operator=(const TlsVisit&) = delete;

  net::SimConnection& wire() { return wire_; }
  tls::ServerSession& session() { return *session_; }
  bool connected() const { return session_->state() == tls::ServerSession::State::connected; }

  /// False: it cannot be sent now, see tls::ServerSession::write.
  [[nodiscard]] bool send(ByteSpan plaintext);
  /// close_notify and FIN.
  void close();

  std::function<void()> on_handshake;  ///< once
  std::function<void(ByteSpan plaintext)> on_plaintext;
  std::function<void()> on_closed;  ///< as SimConnection::on_closed

 private:
  void hear(ByteSpan ciphertext);
  void flush();

  net::SimConnection& wire_;
  std::unique_ptr<tls::ServerSession> session_;
  bool greeted_ = false;
};

/// A TLS server on the simulated network, and the user's hands on its plaintext. Every connection is a session of its
/// own; the verbs act on the newest.
class TlsPeer {
 public:
  /// `config` must be one that tls::ServerSession takes.
  TlsPeer(net::SimNetwork& network, std::string_view host, std::uint16_t port, tls::ServerConfig config);
  ~TlsPeer() { listener_.on_accept = nullptr; }
  TlsPeer(const TlsPeer&) = delete;
  TlsPeer& operator=(const TlsPeer&) = delete;

  /// TCP connections so far.
  std::size_t connections() const { return visits_.size(); }
  bool connected() const { return !visits_.empty() && visits_.back()->connected(); }
  tls::ServerSession& session() { return visits_.back()->session(); }
  net::SimConnection& wire() { return visits_.back()->wire(); }
  net::SimListener& listener() { return listener_; }

  /// All plaintext of the newest connection.
  const std::string& received() const { return visits_.back()->received; }
  void send(std::string_view plaintext);
  /// close_notify and FIN.
  void close() { visits_.back()->close(); }
  /// FIN without a word of TLS.
  void hang_up() { wire().close(); }

  /// What the server does with plaintext as it comes, besides keeping it.
  std::function<void(std::string_view plaintext)> on_plaintext;
  /// Runs once per connection, right after the handshake.
  std::function<void()> on_handshake;

 private:
  struct Visit : TlsVisit {
    using TlsVisit::TlsVisit;
    std::string received;
  };

  void accept(net::SimConnection& wire);

  tls::ServerConfig config_;
  SeededRandom random_{2};
  net::SimListener& listener_;
  std::vector<std::unique_ptr<Visit>> visits_;
};

}  // namespace quasimodem::workbench
