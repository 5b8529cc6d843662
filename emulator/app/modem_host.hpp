// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/log.hpp"
#include "emulator/app/host_clock.hpp"
#include "emulator/app/host_random.hpp"
#include "emulator/app/ports/port.hpp"
#include "emulator/app/run_options.hpp"
#include "emulator/modem.hpp"
#include "emulator/uart/uart_line.hpp"
#include "net/host/asio_bearer.hpp"
#include "storage/flash.hpp"

namespace quasimodem::app {

/// One module in the real world: host clock, host sockets, files, ports.
class ModemHost {
 public:
  /// Throws Problem when something it needs cannot be had. `on_ready` is called once the module hears its UART,
  /// `on_finished` when nobody can ever reach it again.
  ModemHost(boost::asio::io_context& io, const RunOptions& options, LogSink& sink, std::function<void()> on_ready,
            std::function<void()> on_finished = {});
  ~ModemHost();

  const std::string& name() const { return name_; }
  /// What its ports are called, in the order of the options.
  std::vector<std::string> addresses() const;

 private:
  /// Every event of the host comes in through here: the module's time advances to now, then it happens, then what the
  /// module has to say goes out.
  void enter(const std::function<void()>& body);
  void settle();
  void move_bytes();
  void follow_terminals();
  void show_lines();
  void end_finished_terminals();
  /// Nothing of what the TEs have sent waits for an answer.
  bool quiet() const;
  PortEvents port_events();

  std::string name_;
  Logger log_;
  std::function<void()> on_ready_;
  std::function<void()> on_finished_;
  Timeline timeline_;
  HostRandom random_;
  HostClock clock_;
  std::unique_ptr<storage::Flash> flash_;
  std::unique_ptr<net::Bearer> sockets_;
  std::unique_ptr<net::Bearer> bearer_;  ///< the sockets, as far away as the profile says
  std::unique_ptr<emulator::Modem> modem_;
  std::unique_ptr<uart::UartLine> line_;
  std::vector<std::unique_ptr<Port>> ports_;
  Port* stdio_ = nullptr;
  std::size_t finished_ports_ = 0;
  bool started_ = false;
  bool break_ = false;
};

}  // namespace quasimodem::app
