// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "emulator/device/model_profile.hpp"
#include "emulator/workbench/transcript.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::workbench {

/// What a transcript does not say about the module and its peers, or what goes before it.
struct World {
  std::optional<device::Model> model;  ///< none: the transcript's, else the M95
  /// Of `{NAME}`. What is left out has a value of its own: addresses of RFC 5737, `{CA_CERT_PEM}`, `{CA_CERT_SIZE}`,
  /// `{CA_CERT_SUM}` and the same of CLIENT_CERT and CLIENT_KEY from the files below.
  std::map<std::string, std::string> values{};
  Bytes authority;  ///< PEM, as the next two: what the host uploads
  Bytes client_certificate;
  Bytes client_key;
  tls::ServerConfig server;  ///< the peers of AT+QSSLOPEN

  /// Peers and files of the key that everybody knows.
  static World throwaway();
};

/// Where the module did not say what is written.
struct Difference {
  int line = 0;  ///< of the transcript; 0: the start
  std::string what;
  std::string after;     ///< what the host had said last
  std::string expected;  ///< bytes, as the next one
  std::string actual;

  std::string text(const std::string& name) const;
};

/// Plays a transcript against a module in memory: says what the host says, does what the events and the start phrases
/// say, and compares every byte of the module. Empty when all were as written. After a difference it goes on with what
/// the host says next; an event that cannot happen ends the play.
///
/// The peers are those of the transcript's head. Where it names none they are made up from the commands that open
/// sockets: TLS servers for AT+QSSLOPEN, plain ones for AT+QIOPEN.
/// Time passes at `@wait`, and by itself for at most a second where the module still owes bytes.
std::vector<Difference> differences(const Transcript& transcript, const World& world);

/// The first of them as text, or nothing.
std::string play(const Transcript& transcript, const World& world);

}  // namespace quasimodem::workbench
