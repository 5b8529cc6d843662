// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/process.hpp"
#include "tests/bench/terminal.hpp"

namespace quasimodem::bench {

/// What the far end of a connection or a line does with what it gets.
enum class Habit {
  answer_lines,  ///< `\r\nOK\r\n` for each CR
  echo,          ///< sends it back
  sink,          ///< compares it with the Pattern, reports when all of it has come, and begins anew
  source,        ///< sends the Pattern each time it has got kTrigger octets
};

/// As many as the module sends at once in transparent mode.
inline constexpr std::size_t kTrigger = 1024;

/// `openssl s_server`, TLS 1.2 with the suite of `Host::configure_ssl`, one connection at a time.
class OpensslServer {
 public:
  explicit OpensslServer(const std::vector<std::string>& more_options, int stdout_fd = -1, int stdin_fd = -1);
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  Child process_;
};

inline constexpr const char* kOpensslCipher = "AES256-SHA:@SECLEVEL=0";

/// The same with somebody behind it. `total`: the octets that a sink expects or a source sends.
class TlsPeer {
 public:
  explicit TlsPeer(Habit habit, std::size_t total = 0);

  std::uint16_t port() const { return server_.port(); }
  /// Waits until a sink has got everything; false when something was wrong with it.
  bool all_arrived();

 private:
  Pipe received_;
  Pipe to_send_;
  Pipe report_;
  OpensslServer server_;
  Child process_;
};

/// What may stand in the module's place at the other end of the host's line: the least a program can do there.
class PtyPeer {
 public:
  explicit PtyPeer(Habit habit, std::size_t total = 0);

  const std::string& device() const { return pty_.device; }
  bool all_arrived();

 private:
  Pty pty_;
  Pipe report_;
  Child process_;
};

/// A module without TLS and AT: copies between the host's line and a TCP connection, whose far end echoes.
class EchoThroughTcp {
 public:
  EchoThroughTcp();
  const std::string& device() const { return pty_.device; }

 private:
  Pty pty_;
  std::uint16_t port_ = 0;
  Child far_end_;
  Child relay_;
};

}  // namespace quasimodem::bench
