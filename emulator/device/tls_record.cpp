// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/tls_record.hpp"

#include "emulator/device/stream.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {

void note_handshake(const Journal& journal, const tls::ClientSession& session, int context, const Field& whose) {
  using State = tls::ClientSession::State;
  if (!journal || session.state() == State::handshaking) return;
  const bool failed = session.state() == State::failed;
  journal.write(RecordKind::tls, {{"event", failed ? "failed" : "connected"},
                                  {"context", context},
                                  whose,
                                  {"version", failed ? "" : tls::name(session.version())},
                                  {"suite", failed ? "" : tls::name(session.suite())},
                                  {"subject", session.peer_subject().value_or("")},
                                  {"reason", failed ? session.error().reason : ""}});
}

std::string why_failed(const Stream& stream) {
  const auto* tls = stream.session();
  return tls && tls->state() == tls::ClientSession::State::failed ? tls->error().reason : stream.reason();
}

}  // namespace quasimodem::device
