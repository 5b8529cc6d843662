// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/bytes.hpp"

namespace quasimodem::app {

/// Hears one port.
struct PortEvents {
  std::function<void(ByteSpan)> received;
  std::function<void()> writable;      ///< everything that was written has gone out
  std::function<void(bool)> attached;  ///< a TE opened it, the last one closed it
};

/// One way for a TE to reach the module's UART.
class Port {
 public:
  virtual ~Port() = default;

  /// Takes all; `writable` follows when it could not go out at once. With nobody attached, bytes are lost, as on a
  /// cable that ends nowhere.
  virtual void write(ByteSpan bytes) = 0;
  virtual bool write_pending() const = 0;
  /// Stop and go on reading: flow control towards the TE.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  /// The TE's baud rate, 0 when the port has none.
  virtual int terminal_rate() const = 0;
  /// What the ready line shows: an absolute path or a URL.
  virtual std::string address() const = 0;
};

}  // namespace quasimodem::app
