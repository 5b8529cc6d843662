// SPDX-License-Identifier: Apache-2.0
#include "emulator/library/servers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "emulator/library/border.hpp"
#include "tls/cipher_suite.hpp"
#include "tls/server/throwaway_identity.hpp"

namespace quasimodem::library {
namespace {

tls::Version version_of(int named, tls::Version otherwise) {
  if (named == QM_ANY_VERSION) return otherwise;
  if (named < QM_SSL_3_0 || named > QM_TLS_1_2) invalid(fmt::format("{} is no version of TLS: QM_TLS_1_2", named));
  return tls::kAllVersions[static_cast<std::size_t>(named - QM_SSL_3_0)];
}

tls::CipherSuite suite_of(unsigned number) {
  const auto& all = tls::kAllCipherSuites;
  const auto found =
      std::find_if(all.begin(), all.end(), [number](auto suite) { return static_cast<unsigned>(suite) == number; });
  if (found == all.end()) invalid(fmt::format("0x{:04X} is none of the module's cipher suites", number));
  return *found;
}

Bytes bytes_of(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

tls::ServerConfig server_config(const qm_tls& wish) {
  tls::ServerConfig config{.lowest = version_of(wish.lowest, tls::Version::ssl3_0),
                           .highest = version_of(wish.highest, tls::Version::tls1_2)};
  if (!wish.certificate != !wish.key) invalid("a certificate and its key come together");
  config.certificate = wish.certificate ? to_bytes(wish.certificate) : bytes_of(tls::throwaway_certificate());
  config.key = wish.key ? to_bytes(wish.key) : bytes_of(tls::throwaway_key());
  if (wish.client_authority) {
    config.client_authentication = tls::ClientAuthentication::require;
    config.client_authorities = to_bytes(wish.client_authority);
  }
  if (wish.suites) {
    config.suites.clear();
    for (std::size_t i = 0; i < wish.suite_count; ++i) config.suites.push_back(suite_of(wish.suites[i]));
  }
  SeededRandom random{1};
  const auto trial = tls::ServerSession::create(config, random, Logger{});
  if (!trial) invalid(fmt::format("nothing can be served so: {}", trial.error().reason));
  return config;
}

Servers::Servers(net::SimNetwork& network, std::uint64_t seed, std::function<void()> moved)
    : network_{network}, random_{seed}, moved_{std::move(moved)} {}
Servers::~Servers() = default;

void Servers::serve(std::string_view host, std::uint16_t port, net::Transport transport, Server server) {
  network_.listen(host, port, transport).on_accept =
      [this, shared = std::make_shared<const Server>(std::move(server))](auto& wire) { accept(wire, shared); };
}

void Servers::accept(net::SimConnection& wire, const std::shared_ptr<const Server>& server) {
  std::unique_ptr<tls::ServerSession> session;
  if (server->tls) session = tls::ServerSession::create(*server->tls, random_, Logger{}).value();
  connections_.push_back(std::make_unique<qm_connection>(server, wire, std::move(session), moved_));
}

}  // namespace quasimodem::library

using quasimodem::ByteSpan;
using quasimodem::library::Refusal;

qm_connection::qm_connection(std::shared_ptr<const quasimodem::library::Server> server,
                             quasimodem::net::SimConnection& wire,
                             std::unique_ptr<quasimodem::tls::ServerSession> session,
                             const std::function<void()>& moved)
    : server_{std::move(server)}, wire_{wire}, moved_{moved} {
  if (session) {
    tls_ = std::make_unique<quasimodem::workbench::TlsVisit>(wire_, std::move(session));
    follow_tls();
  } else {
    follow_plain();
  }
}

void qm_connection::follow_plain() {
  wire_.on_received = [this](ByteSpan bytes) { received(bytes); };
  wire_.on_closed = [this](auto) { closed(); };
  connected();
}

void qm_connection::follow_tls() {
  tls_->on_handshake = [this] { connected(); };
  tls_->on_plaintext = [this](ByteSpan bytes) { received(bytes); };
  tls_->on_closed = [this] { closed(); };
}

void qm_connection::connected() {
  if (server_->code && server_->code->connected) server_->code->connected(server_->code->user, this);
}

void qm_connection::received(ByteSpan bytes) {
  wire_.forget_received();
  if (!server_->code) return send(bytes);
  if (server_->code->received) server_->code->received(server_->code->user, this, bytes.data(), bytes.size());
}

void qm_connection::closed() {
  if (server_->code && server_->code->closed) server_->code->closed(server_->code->user, this);
}

void qm_connection::send(ByteSpan bytes) {
  if (!wire_.open()) throw Refusal{QM_IMPOSSIBLE, "the connection has ended"};
  if (!tls_) {
    wire_.send(bytes);
  } else if (!tls_->send(bytes)) {
    throw Refusal{QM_IMPOSSIBLE, "no TLS session carries it: the handshake is not done, or the session is over"};
  }
  moved_();
}

void qm_connection::hang_up() {
  tls_ ? tls_->close() : wire_.close();
  moved_();
}
