// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/measure.hpp"
#include "tests/bench/process.hpp"
#include "tests/bench/terminal.hpp"

namespace quasimodem::bench {

/// What the far end of a connection or a line does with what it gets.
enum class Habit {
  answer_lines,  ///< `\r\nOK\r\n` for each CR
  echo,          ///< sends it back
  sink,          ///< compares it with the Pattern, reports when all of it has come, and begins anew
  source,        ///< sends the Pattern each time it has got kPacket octets
};

/// What a far end tells through its pipe. Throws when what arrived was wrong.
Stopwatch::Instant arrival_of(const Pipe& report);

/// <SendSz> of AT+QITCFG: what the module sends at once in transparent mode.
inline constexpr std::size_t kPacket = 1024;

/// A TLS server in a process of its own, one connection at a time. As the machine may have few processors, it keeps out
/// of the way: a sink decrypts after the line has fallen silent, a source encrypts before it is asked.
class TlsPeer {
 public:
  /// `total`: the octets that a sink expects or a source sends.
  explicit TlsPeer(Habit habit, std::size_t total = 0);

  std::uint16_t port() const { return port_; }
  /// Waits until a sink has compared everything; when the last octet had come.
  Stopwatch::Instant arrival() { return arrival_of(report_); }
  /// Waits until a source may be asked.
  void get_ready() { arrival_of(report_); }

 private:
  Pipe report_;
  std::uint16_t port_ = 0;
  Child process_;
};

/// `openssl s_server`, TLS 1.2 with the suite of `Host::configure_ssl`.
class OpensslServer {
 public:
  static constexpr const char* kCipher = "AES256-SHA:@SECLEVEL=0";

  OpensslServer();
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  Child process_;
};

/// What may stand in the module's place at the other end of the host's line: the least a program can do there.
class PtyPeer {
 public:
  explicit PtyPeer(Habit habit, std::size_t total = 0);

  const std::string& device() const { return pty_.device; }
  Stopwatch::Instant arrival() { return arrival_of(report_); }
  void get_ready() {}

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

/// A module without AT, TLS and services: when the host sends something, `total` octets of the Pattern come from a TCP
/// connection.
class PumpFromTcp {
 public:
  explicit PumpFromTcp(std::size_t total);
  const std::string& device() const { return pty_.device; }

 private:
  Pty pty_;
  std::uint16_t port_ = 0;
  Child far_end_;
  Child relay_;
};

/// A server that says what it must, and no more: HTTP answers every request with the Pattern, FTP every RETR, MQTT
/// takes every packet. One connection at a time.
class ServicePeer {
 public:
  enum class Kind { http, ftp, mqtt };
  ServicePeer(Kind kind, std::size_t total);
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  Child process_;
};

/// A module without AT: copies between the host's line and a TlsPeer, through the same TLS engine and in packets of the
/// same size. No module on the same library can be faster.
class TlsRelay {
 public:
  explicit TlsRelay(std::uint16_t port);
  const std::string& device() const { return pty_.device; }

 private:
  Pty pty_;
  Child process_;
};

}  // namespace quasimodem::bench
