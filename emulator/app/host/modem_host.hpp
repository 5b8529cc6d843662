// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/journal_ring.hpp"
#include "core/log.hpp"
#include "emulator/app/base/process/host.hpp"
#include "emulator/app/base/process/host_clock.hpp"
#include "emulator/app/config/module_options.hpp"
#include "emulator/app/control/socket/server.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/board.hpp"
#include "net/host/asio_bearer.hpp"
#include "storage/flash.hpp"

namespace quasimodem::app {

/// One module in the real world: host clock, host sockets, files, ports, control socket.
class ModemHost final : public control::Target {
 public:
  struct Events {
    std::function<void()> ready;     ///< once the module hears its UART
    std::function<void()> finished;  ///< nobody can ever reach it again
    std::function<void()> quit;      ///< a client of the control socket wants the program to end
  };

  /// Throws Problem when something it needs cannot be had.
  ModemHost(boost::asio::io_context& io, const ModuleOptions& options, LogSink& sink, Events events);
  ~ModemHost();

  const std::string& name() const override { return name_; }
  /// What its ports are called, in the order of the options.
  std::vector<std::string> addresses() const;
  /// The control socket; empty when there is none.
  std::filesystem::path control_path() const { return control_ ? control_->path() : std::filesystem::path{}; }
  JournalRing& journal() override { return journal_; }
  /// Takes over what a running module can: profile, time scale, faults, --allow and --map, those that have changed.
  void reconfigure(const ModuleOptions& options, const std::set<std::string_view>& changed);
  /// Every event of the host comes in through here: the module's time advances to now, then it happens, then what the
  /// module has to say goes out.
  void enter(const std::function<void()>& body);

 private:
  void settle();
  void plug_in();
  void add_initial_faults();
  void open_control(boost::asio::io_context& io, const ModuleOptions& options);

  // control::Target
  std::string address() const override { return ports_.front()->address(); }
  emulator::Board& board() override { return *board_; }
  std::optional<device::LocalTime> host_time() const override { return app::host_time(); }
  void jump(Duration span) override { clock_.jump(span); }
  void reset(Memory memory) override;
  void quit() override { events_.quit(); }

  uart::UartLine& line() { return board_->line(); }
  void move_bytes();
  bool look_at_ports();
  void write(ByteSpan bytes);
  void follow_terminals();
  void show_lines();
  void end_finished_terminals();
  /// Nothing of what the TEs have sent waits for an answer.
  bool quiet();
  PortEvents port_events();

  std::string name_;
  Logger log_;
  Events events_;
  device::Configuration configuration_;
  Timeline timeline_;
  JournalRing journal_{timeline_};
  HostRandom random_;
  HostClock clock_;
  std::vector<FaultRule> initial_faults_;
  std::vector<int> initial_fault_ids_;
  std::unique_ptr<storage::Flash> flash_;
  net::AsioBearer sockets_;
  std::optional<emulator::Board> board_;
  std::vector<std::unique_ptr<Port>> ports_;
  std::unique_ptr<control::Server> control_;
  Port* stdio_ = nullptr;
  std::size_t finished_ports_ = 0;
  bool started_ = false;
  bool looking_ = false;    ///< at the ports
  bool heard_ = false;      ///< since then
  bool host_came_ = false;  ///< some TE has been there
  bool break_ = false;
};

}  // namespace quasimodem::app
