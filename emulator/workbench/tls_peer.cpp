// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/tls_peer.hpp"

#include <stdexcept>
#include <utility>

namespace quasimodem::workbench {

TlsVisit::TlsVisit(net::SimConnection& wire, std::unique_ptr<tls::ServerSession> session)
    : wire_{wire}, session_{std::move(session)} {
  wire_.on_received = [this](ByteSpan ciphertext) { hear(ciphertext); };
  wire_.on_closed = [this](auto) {
    session_->end_of_input();
    if (on_closed) on_closed();
  };
}

void TlsVisit::hear(ByteSpan ciphertext) {
  session_->feed(ciphertext);
  flush();
  if (!greeted_ && connected()) {
    greeted_ = true;
    if (on_handshake) on_handshake();
  }
  for (auto piece = session_->read(4096); !piece.empty(); piece = session_->read(4096)) {
    if (on_plaintext) on_plaintext(piece);
  }
  flush();
  // As servers do, also after an alert of their own. In SSL 3.0 there is none for a missing client certificate.
  if (session_->state() == tls::ServerSession::State::failed) wire_.close();
}

void TlsVisit::flush() {
  if (const auto ciphertext = session_->take_outgoing(); !ciphertext.empty()) wire_.send(ciphertext);
}

bool TlsVisit::send(ByteSpan plaintext) {
  if (!session_->write(plaintext)) return false;
  flush();
  return true;
}

void TlsVisit::close() {
  session_->close();
  flush();
  wire_.close();
}

TlsPeer::TlsPeer(net::SimNetwork& network, std::string_view host, std::uint16_t port, tls::ServerConfig config)
    : config_{std::move(config)}, listener_{network.listen(host, port)} {
  listener_.on_accept = [this](net::SimConnection& wire) { accept(wire); };
}

void TlsPeer::accept(net::SimConnection& wire) {
  auto session = tls::ServerSession::create(config_, random_, Logger{});
  if (!session) throw std::invalid_argument{"TLS peer: " + session.error().reason};
  auto& visit = *visits_.emplace_back(std::make_unique<Visit>(wire, std::move(*session)));
  visit.on_handshake = [this] {
    if (on_handshake) on_handshake();
  };
  visit.on_plaintext = [this, &visit](ByteSpan plaintext) {
    visit.received += as_text(plaintext);
    if (on_plaintext) on_plaintext(as_text(plaintext));
  };
}

void TlsPeer::send(std::string_view plaintext) {
  if (!visits_.back()->send(as_bytes(plaintext))) throw std::length_error{"TLS peer: blocked"};
}

}  // namespace quasimodem::workbench
