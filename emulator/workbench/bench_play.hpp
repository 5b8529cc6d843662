// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "emulator/device/model.hpp"
#include "emulator/workbench/player.hpp"
#include "emulator/workbench/workbench.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::workbench {

struct Transcript;

/// The line of a module in memory, whose time passes as fast as it is asked for.
class BenchLine final : public Line {
 public:
  explicit BenchLine(Workbench& bench) : bench_{bench} {}

  void write(ByteSpan bytes) override { bench_.send_raw(bytes); }
  Bytes read(Duration patience) override;
  Duration now() override { return bench_.timeline().now().time_since_epoch(); }

 private:
  Workbench& bench_;
};

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

/// Plays a transcript against a module in memory that is switched on and attached, with its peers and its network: says
/// what the host says, makes the events happen, and compares every byte of the module. An event that cannot happen ends
/// the play.
///
/// The peers are those of the transcript's head. Where it names none they are made up from the commands that open
/// sockets: TLS servers for AT+QSSLOPEN, plain ones for AT+QIOPEN.
/// Time passes at `@wait`, and by itself for at most a second where the module still owes bytes.
PlayReport play(const Transcript& transcript, const World& world);

}  // namespace quasimodem::workbench
