// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/bench/process.hpp"

namespace quasimodem::bench {

/// What the far end does with what it gets.
enum class Habit {
  echo,    ///< sends it back
  sink,    ///< compares it with the Pattern, and reports when all of it has come
  source,  ///< after the first octet sends the Pattern
};

/// A server on 127.0.0.1 in a process of its own, for any number of connections, TLS or plain TCP.
class Peer {
 public:
  enum class Protocol { tls, tcp };

  /// `total`: the octets that a sink expects or a source sends.
  Peer(Protocol protocol, Habit habit, std::size_t total = 0);

  std::uint16_t port() const { return port_; }
  /// Waits until a sink has got everything; false when something was wrong with it.
  bool all_arrived();

 private:
  Pipe report_;
  std::uint16_t port_ = 0;
  Child process_;
};

/// What may stand in the module's place at the other end of the host's line: the least a program can do there.
enum class Bystander {
  answers_lines,  ///< `\r\nOK\r\n` for each CR
  sink,
  source,
};

class PtyBystander {
 public:
  explicit PtyBystander(Bystander kind, std::size_t total = 0);

  const std::string& device() const { return pty_.device; }
  bool all_arrived();

 private:
  Pty pty_;
  Pipe report_;
  Child process_;
};

/// Copies between the host's line and a TCP connection to 127.0.0.1: a module without TLS and AT.
class PtyRelay {
 public:
  explicit PtyRelay(std::uint16_t port);
  const std::string& device() const { return pty_.device; }

 private:
  Pty pty_;
  Child process_;
};

}  // namespace quasimodem::bench
