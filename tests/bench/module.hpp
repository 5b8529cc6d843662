// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/process.hpp"
#include "tests/bench/terminal.hpp"

namespace quasimodem::bench {

/// What the build left where.
inline constexpr const char* kProgram = QUASIMODEM_PROGRAM;
inline constexpr const char* kCertificates = QUASIMODEM_TEST_CERTS;

/// A file made by tools/make_certs.
std::string certificate_path(std::string_view name);
Bytes certificate(std::string_view name);

/// How the secure sockets of all measurements speak.
inline constexpr std::string_view kSuiteName = "TLS 1.2 AES256-SHA";

/// How a host sees a module: its serial line, and what it says there.
class Host {
 public:
  explicit Host(const std::string& device) : line_{device} {}

  Terminal& line() { return line_; }

  /// AT until OK, whatever else is said.
  void greet();
  /// A command that is answered with OK and nothing else. Echo must be off.
  void ok(std::string_view command);
  /// Echo off; the bearer up, IP STATUS.
  void attach();
  /// TLS 1.2 with one suite, the peer's certificate checked.
  void configure_ssl();

  enum class Mode { buffered = 0, transparent = 1 };
  /// Returns once it is open.
  void open_secure(int ssid, std::uint16_t port, Mode mode = Mode::buffered);
  void close_secure(int ssid);

 private:
  Terminal line_;
};

/// `quasimodem run --ephemeral --profile instant`, started and asked for its first OK.
class Module {
 public:
  explicit Module(const std::vector<std::string>& options = {});

  Child& process() { return process_; }
  Host& host() { return *host_; }

  static std::vector<std::string> command();

 private:
  static Child started(int stdout_fd, const std::vector<std::string>& options);

  Pipe stdout_;
  Child process_;
  std::optional<Host> host_;
};

}  // namespace quasimodem::bench
