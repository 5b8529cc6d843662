// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/journal_ring.hpp"
#include "core/log.hpp"
#include "emulator/app/control/server.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/app/host_clock.hpp"
#include "emulator/app/host_random.hpp"
#include "emulator/app/ports/port.hpp"
#include "emulator/app/run_options.hpp"
#include "emulator/modem.hpp"
#include "emulator/uart/uart_line.hpp"
#include "net/host/asio_bearer.hpp"
#include "storage/flash.hpp"

namespace quasimodem::app {

/// One module in the real world: host clock, host sockets, files, a port.
class ModemHost : private control::Target {
 public:
  /// Throws Problem when something it needs cannot be had. `on_ready` is called once the module hears its UART.
  ModemHost(boost::asio::io_context& io, const RunOptions& options, LogSink& sink, std::function<void()> on_ready,
            std::function<void()> on_quit);
  ~ModemHost();

  const std::string& name() const override { return name_; }
  std::string address() const override { return port_->address(); }
  JournalRing& journal() override { return journal_; }
  /// The control socket; empty when there is none.
  std::filesystem::path control_path() const { return control_ ? control_->path() : std::filesystem::path{}; }

 private:
  /// Every event of the host comes in through here: the module's time advances to now, then it happens, then what the
  /// module has to say goes out.
  void enter(const std::function<void()>& body);
  void settle();
  void plug_in();
  void open_control(boost::asio::io_context& io, const RunOptions& options);

  // control::Target
  emulator::Modem& modem() override { return *modem_; }
  Timeline& timeline() override { return timeline_; }
  void jump(Duration span) override { clock_.jump(span); }
  void reset(Memory memory) override;
  bool ready() const override { return modem_->me().power() == device::MobileEquipment::Power::on; }
  void quit() override { on_quit_(); }

  std::string name_;
  Logger log_;
  std::function<void()> on_ready_;
  std::function<void()> on_quit_;
  device::Configuration configuration_;
  Timeline timeline_;
  JournalRing journal_{timeline_};
  HostRandom random_;
  HostClock clock_;
  std::unique_ptr<storage::Flash> flash_;
  std::unique_ptr<net::Bearer> sockets_;
  std::unique_ptr<net::Bearer> bearer_;  ///< the sockets, as far away as the profile says
  std::unique_ptr<emulator::Modem> modem_;
  std::unique_ptr<uart::UartLine> line_;
  std::unique_ptr<Port> port_;
  std::unique_ptr<control::Server> control_;
};

}  // namespace quasimodem::app
