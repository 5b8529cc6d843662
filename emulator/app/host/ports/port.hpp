// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "emulator/app/config/uart_url.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// Bytes of boot messages that wait for the first TE, so that a host started together with the module does not miss
/// them.
constexpr std::size_t kHeldForFirstTerminal = 4096;

/// Hears one port.
struct PortEvents {
  std::function<void(ByteSpan)> received = [](ByteSpan) {};
  std::function<void()> writable = [] {};  ///< everything that was written has gone out
  std::function<void()> changed = [] {};   ///< a TE came, went or will send no more; or its lines changed
  std::function<void()> purged = [] {};    ///< the TE takes back what the module has not heard yet
  std::function<void()> finished = [] {};  ///< no TE will ever come again: standard input has ended
};

/// The lines that the TE sets.
struct TerminalLines {
  bool dtr = true;
  bool rts = true;
  bool sending_break = false;

  bool operator==(const TerminalLines&) const = default;
};

/// The lines that the module sets.
struct ModuleLines {
  bool cts = true;
  bool dsr = false;
  bool dcd = false;
  bool ri = false;

  bool operator==(const ModuleLines&) const = default;
};

/// One way for a TE to reach the module's UART.
class Port {
 public:
  virtual ~Port() = default;

  /// A TE is there.
  virtual bool attached() const = 0;
  /// A TE has come, and `attached` does not know yet.
  virtual bool coming() const { return false; }
  /// It will send no more, but may still read: `close_end` when the module has nothing more to say.
  virtual bool input_ended() const { return false; }
  virtual void close_end() {}

  /// Takes all; `writable` follows when it could not go out at once. With nobody attached, bytes wait for the first TE;
  /// later they are lost, as on a cable that ends nowhere.
  virtual void write(ByteSpan bytes) = 0;
  virtual bool write_pending() const = 0;
  /// Tells at once, by `received`, of what the TE has sent and nobody has read yet; nothing while reading is paused.
  virtual void look() {}
  /// Stop and go on reading: flow control towards the TE.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// None: a port without lines. Its DTR is that somebody is attached.
  virtual std::optional<TerminalLines> terminal_lines() const { return std::nullopt; }
  virtual void set_module_lines(const ModuleLines&) {}

  /// The TE's baud rate, 0 when the port has none.
  virtual int terminal_rate() const { return 0; }
  /// The rate of AT+IPR, for ports that have to follow it; 0 leaves it to the TE.
  virtual void set_module_rate(int) {}

  /// What the ready line shows: an absolute path or a URL.
  virtual std::string address() const = 0;
};

/// Opens what the URL names. Throws Problem.
std::unique_ptr<Port> open_port(boost::asio::io_context& io, const UartUrl& url, PortEvents events, const Logger& log);

}  // namespace quasimodem::app
