// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/log.hpp"
#include "emulator/app/host/ports/backlog.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/app/host/ports/rfc2217/com_port.hpp"
#include "emulator/app/host/ports/stream_port.hpp"

namespace quasimodem::app {

/// A UART with all its lines, over TCP (RFC 2217).
class Rfc2217Port final : public Port {
 public:
  Rfc2217Port(boost::asio::io_context& io, Source source, PortEvents events, const Logger& log);

  bool attached() const override { return com_port_ != nullptr; }
  bool coming() const override { return connection_.coming(); }
  bool input_ended() const override { return connection_.input_ended(); }
  void close_end() override { connection_.close_end(); }
  void write(ByteSpan bytes) override;
  bool write_pending() const override;
  void look() override { connection_.look(); }
  void pause_reading() override { connection_.pause_reading(); }
  void resume_reading() override { connection_.resume_reading(); }
  std::optional<TerminalLines> terminal_lines() const override;
  void set_module_lines(const ModuleLines& lines) override;
  int terminal_rate() const override;
  std::string address() const override { return connection_.address(); }

 private:
  PortEvents connection_events();
  void connection_changed();
  void welcome();
  void flush();
  void release();

  PortEvents events_;
  Logger log_;
  ModuleLines lines_;
  std::unique_ptr<ComPort> com_port_;  ///< of the client that is there
  Backlog waiting_;                    ///< not yet on the connection: a PURGE can take it back
  boost::asio::steady_timer opening_;  ///< the first client is just opening the port
  bool opened_ = false;
  StreamPort connection_;
};

}  // namespace quasimodem::app
