// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "emulator/app/desk/line/line_address.hpp"
#include "emulator/app/desk/line/rfc2217_client.hpp"
#include "emulator/app/host/ports/byte_stream.hpp"
#include "emulator/app/host/ports/port.hpp"

namespace quasimodem::app {

/// The line to a real module, in a program that has other things to do as well: bytes both ways, rate, lines. Destroy
/// it after the io_context has stopped running.
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
  ModuleEnd(const ModuleEnd&) = delete;
  ModuleEnd& operator=(const ModuleEnd&) = delete;

  void write(ByteSpan bytes) { rfc2217_ ? rfc2217_->write(bytes) : stream_.write(bytes); }
  bool write_pending() const { return stream_.write_pending(); }
  void pause_reading() { stream_.pause_reading(); }
  void resume_reading() { stream_.resume_reading(); }

  /// After what was written before. False when the line has no such rate.
  bool set_rate(int baud);
  int rate() const { return baud_; }
  void set_terminal_lines(const TerminalLines& lines);
  /// What the module sets; the line of a socket is always ready.
  const ModuleLines& lines() const { return lines_; }

 private:
  bool is_device() const { return kind_ == LineAddress::Kind::terminal; }
  std::optional<ModuleLines> read_lines() const;
  void show(const ModuleLines& now);
  void look_later();
  bool set_device_rate(int wanted) const;
  void set_device_lines(const TerminalLines& wanted) const;

  const LineAddress::Kind kind_;
  Events events_;
  boost::asio::steady_timer timer_;
  int baud_;
  ModuleLines lines_{.cts = true, .dsr = true};
  std::optional<Rfc2217Client> rfc2217_;
  ByteStream stream_;
};

}  // namespace quasimodem::app
