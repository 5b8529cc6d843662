// SPDX-License-Identifier: Apache-2.0
#include "tls/session.hpp"

#include <utility>

#include "tls/detail/engine.hpp"

namespace quasimodem::tls {

Session::Session(std::unique_ptr<detail::Engine> engine) : engine_{std::move(engine)} {}
Session::~Session() = default;

void Session::feed(ByteSpan ciphertext) { engine_->feed(ciphertext); }
void Session::end_of_input(std::string_view how) { engine_->end_of_input(how); }
std::size_t Session::incoming_size() const { return engine_->incoming_size(); }
Bytes Session::read(std::size_t max) { return engine_->read(max); }
std::size_t Session::readable() const { return engine_->readable(); }
bool Session::write(ByteSpan plaintext) { return engine_->write(plaintext); }
Bytes Session::take_outgoing() { return engine_->take_outgoing(); }
void Session::put_back(ByteSpan unsent) { engine_->put_back(unsent); }
std::size_t Session::outgoing_size() const { return engine_->outgoing_size(); }
void Session::close() { engine_->close(); }
Session::State Session::state() const { return engine_->state(); }
const TlsError& Session::error() const { return engine_->error(); }
Version Session::version() const { return engine_->version(); }
CipherSuite Session::suite() const { return engine_->suite(); }
std::optional<std::string> Session::peer_subject() const { return engine_->peer_subject(); }

}  // namespace quasimodem::tls
