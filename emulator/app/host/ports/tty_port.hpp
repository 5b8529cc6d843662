// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/log.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/stream_port.hpp"

namespace quasimodem::app {

/// A serial device of this machine, wired to the host's with a null modem cable: its CTS is the host's RTS, its DSR and
/// DCD are the host's DTR, and the other way round.
class TtyPort final : public Port {
 public:
  TtyPort(boost::asio::io_context& io, const TtyUrl& tty, PortEvents events, const Logger& log);

  bool attached() const override { return connection_.attached(); }
  bool coming() const override { return connection_.coming(); }
  bool input_ended() const override { return connection_.input_ended(); }
  void close_end() override { connection_.close_end(); }
  void write(ByteSpan bytes) override { connection_.write(bytes); }
  bool write_pending() const override { return connection_.write_pending(); }
  void look() override { connection_.look(); }
  void pause_reading() override { connection_.pause_reading(); }
  void resume_reading() override { connection_.resume_reading(); }
  std::optional<TerminalLines> terminal_lines() const override { return terminal_; }
  void set_module_lines(const ModuleLines& lines) override;
  int terminal_rate() const override { return rate_; }
  void set_module_rate(int baud) override;
  std::string address() const override { return connection_.address(); }

 private:
  PortEvents connection_events();
  void connection_changed();
  std::optional<TerminalLines> read_lines() const;
  void show_lines() const;
  void look_later();
  void look_at_lines();
  void change_rate();

  PortEvents events_;
  Logger log_;
  int own_rate_;  ///< as asked for with the URL; counts while AT+IPR is 0
  int rate_;
  int wanted_rate_;
  bool known_ = false;  ///< what the device can do has been looked at, since it was opened
  std::optional<TerminalLines> terminal_;
  ModuleLines module_;
  boost::asio::steady_timer watch_;  ///< of the lines and the rate
  bool watching_ = false;
  StreamPort connection_;
};

}  // namespace quasimodem::app
