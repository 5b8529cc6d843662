// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/tls_peer.hpp"

#include <stdexcept>
#include <utility>

namespace quasimodem::workbench {

TlsPeer::TlsPeer(net::SimNetwork& network, std::string_view host, std::uint16_t port, tls::ServerConfig config)
    : config_{std::move(config)}, listener_{network.listen(host, port)} {
  listener_.on_accept = [this](net::SimConnection& wire) { accept(wire); };
}

void TlsPeer::accept(net::SimConnection& wire) {
  auto session = tls::ServerSession::create(config_, random_, Logger{});
  if (!session) throw std::invalid_argument{"TLS peer: " + session.error().reason};
  visits_.push_back(std::make_unique<Visit>(Visit{&wire, std::move(*session), {}}));
  wire.on_received = [this, visit = visits_.back().get()](ByteSpan ciphertext) { hear(*visit, ciphertext); };
  wire.on_closed = [visit = visits_.back().get()](auto) { visit->session->end_of_input(); };
}

void TlsPeer::hear(Visit& visit, ByteSpan ciphertext) {
  visit.session->feed(ciphertext);
  flush(visit);
  if (!visit.greeted && visit.session->state() == tls::ServerSession::State::connected) {
    visit.greeted = true;
    if (on_handshake) on_handshake();
  }
  for (auto piece = visit.session->read(4096); !piece.empty(); piece = visit.session->read(4096)) {
    visit.received += as_text(piece);
    if (on_plaintext) on_plaintext(as_text(piece));
  }
  flush(visit);
  // As servers do, also after an alert of their own. In SSL 3.0 there is none for a missing client certificate.
  if (visit.session->state() == tls::ServerSession::State::failed) visit.wire->close();
}

void TlsPeer::flush(Visit& visit) {
  if (const auto ciphertext = visit.session->take_outgoing(); !ciphertext.empty()) visit.wire->send(ciphertext);
}

bool TlsPeer::connected() const {
  return !visits_.empty() && visits_.back()->session->state() == tls::ServerSession::State::connected;
}

void TlsPeer::send(std::string_view plaintext) {
  if (!session().write(as_bytes(plaintext))) throw std::length_error{"TLS peer: blocked"};
  flush(*visits_.back());
}

void TlsPeer::close() {
  session().close();
  flush(*visits_.back());
  wire().close();
}

}  // namespace quasimodem::workbench
