// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "emulator/app/desk/line/line_address.hpp"
#include "emulator/app/host/ports/port.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::app {

/// The line to a real module, in a program that has other things to do as well: bytes both ways, rate, lines.
class ModuleEnd {
 public:
  struct Events {
    std::function<void(ByteSpan)> received;
    std::function<void()> drained;        ///< everything that was written has gone out
    std::function<void()> lines_changed;  ///< lines()
    std::function<void()> gone;           ///< it was unplugged, or the connection has ended
  };

  /// Throws Problem. Reads from `resume_reading` on.
  ModuleEnd(boost::asio::io_context& io, const LineAddress& address, Events events, Logger log);
  ~ModuleEnd();

  void write(ByteSpan bytes);
  bool write_pending() const;
  void pause_reading();
  void resume_reading();

  /// After what was written before. False when the line has no such rate.
  bool set_rate(int baud);
  int rate() const;
  void set_terminal_lines(const TerminalLines& lines);
  /// What the module sets; the line of a socket is always ready.
  ModuleLines lines() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace quasimodem::app
