// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/journal.hpp"

namespace quasimodem::tls {
class ClientSession;
}

namespace quasimodem::device {

/// The record of a handshake that is over, with whose it was: a socket, or a service. None while it goes on.
void note_handshake(const Journal& journal, const tls::ClientSession& session, int context, const Field& whose);

}  // namespace quasimodem::device
