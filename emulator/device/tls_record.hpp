// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/journal.hpp"

namespace quasimodem::tls {
class ClientSession;
}

namespace quasimodem::device {

class Stream;

/// The record of a handshake that is over, with whose it was: a socket, or a service. None while it goes on.
void note_handshake(const Journal& journal, const tls::ClientSession& session, int context, const Field& whose);

/// Why it could not be opened: in the words of TLS, or of the network; empty when neither has said anything.
std::string why_failed(const Stream& stream);

}  // namespace quasimodem::device
