// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "emulator/app/base/process/declaration.hpp"
#include "emulator/app/peer/fault.hpp"
#include "emulator/app/peer/ftp_site.hpp"
#include "net/endpoint.hpp"
#include "net/mqtt/broker.hpp"
#include "net/smtp/server.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::app {

/// What `quasimodem peer` was asked for, checked.
struct PeerOptions {
  enum class Kind { tls_echo, tcp_echo, udp_echo, http, ftp, smtp, mqtt };
  Kind kind;
  std::string name;  ///< of the kind: `tls-echo`
  net::Endpoint listen;
  bool secure = false;      ///< over TLS from the first byte on
  bool starts_tls = false;  ///< over TLS once the client asks for it: STARTTLS
  tls::ServerConfig tls;
  std::optional<std::string> root;           ///< of http: the folder that is served
  std::map<std::string, std::string> users;  ///< of the services, and their passwords; none: everybody is welcome
  FtpOptions ftp;
  net::mqtt::Broker::Manners manners;  ///< of mqtt
  std::optional<std::string> mailbox;  ///< of smtp: the folder that takes the mails
  bool throwaway_identity = false;
  std::vector<std::optional<Fault>> faults;  ///< of the first connection, the second … and over again
  Bytes banner;
  bool once = false;
  bool json = false;  ///< the ready line as an object
  std::optional<int> ready_fd;
  LogLevel log_level = LogLevel::warning;
};

/// Reads what stands after `quasimodem peer`; the help instead, when that was asked for. Throws Problem.
tl::expected<PeerOptions, std::string> read_peer_options(const std::vector<std::string>& arguments);
/// What the command takes.
Declaration declare_peer();

/// `quasimodem peer`: a test server, until SIGINT or SIGTERM. Returns the exit code; throws Problem.
int peer(const PeerOptions& options);

}  // namespace quasimodem::app
