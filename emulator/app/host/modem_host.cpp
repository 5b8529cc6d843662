// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/modem_host.hpp"

#include <algorithm>
#include <unistd.h>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/host/modules.hpp"
#include "emulator/app/host/ports/port.hpp"
#include "emulator/device/access_points.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/timing.hpp"
#include "emulator/record_words.hpp"
#include "storage/file_flash.hpp"
#include "storage/memory_flash.hpp"

namespace quasimodem::app {
namespace {

std::string way_out(storage::FileFlashProblem::Kind kind) {
  switch (kind) {
    case storage::FileFlashProblem::Kind::in_use:
      return "for another module at the same time: --name NAME, --nvram DIR or --ephemeral";
    case storage::FileFlashProblem::Kind::foreign:
      return "to go on without it: --nvram with another directory, or --ephemeral for a module that forgets";
    default: return "another directory: --nvram DIR; none at all: --ephemeral";
  }
}

std::unique_ptr<storage::Flash> open_flash(const ModuleOptions& options, const Logger& log) {
  if (options.ephemeral) return std::make_unique<storage::MemoryFlash>();
  const storage::FlashRecords records{
      .known = [](std::string_view record) { return emulator::words_of_record(record).has_value(); },
      .on_damage =
          [log](const storage::FlashDamage& damage) {
            log.warning("the file {} {}; lost: {}", damage.file.string(), damage.what,
                        emulator::words_of_record(damage.record).value_or("what was in it"));
          }};
  auto flash = storage::FileFlash::open(options.nvram ? *options.nvram : state_directory(options.name),
                                        storage::FileCalls::system(), records);
  if (!flash) throw Problem{ExitCode::environment, flash.error().message, way_out(flash.error().kind)};
  return std::move(*flash);
}

}  // namespace

ModemHost::ModemHost(boost::asio::io_context& io, const ModuleOptions& options, LogSink& sink, Events events)
    : name_{options.name},
      log_{sink, options.name},
      events_{std::move(events)},
      configuration_{options.module},
      clock_{io, timeline_, [this] { enter([] {}); }, options.time_scale},
      initial_faults_{options.faults},
      flash_{open_flash(options, log_.part("nvram"))},
      sockets_{io, options.network, [this](const auto& body) { enter(body); }, log_.part("net")} {
  plug_in();
  const auto uart_log = log_.part("uart");
  for (const auto& url : with_links(options)) {
    ports_.push_back(open_port(io, url, port_events(), uart_log));
    if (std::holds_alternative<StdioUrl>(url)) stdio_ = ports_.back().get();
  }
  if (ports_.size() > 1) {
    for (const auto& port : ports_) uart_log.info("at {}", port->address());
  }
  open_control(io, options);
  started_ = true;
  enter([this, &options] {
    follow_terminals();
    if (options.power == InitialPower::on) return modem().power_key();
    if (events_.ready) std::exchange(events_.ready, {})();  // there is nothing to wait for
  });
}

void ModemHost::plug_in() {
  board_.emplace(configuration_, device::Surroundings{timeline_, sockets_, *flash_, random_, log_, Journal{journal_}});
  add_initial_faults();
}

void ModemHost::add_initial_faults() {
  initial_fault_ids_.clear();
  for (const auto& rule : initial_faults_) initial_fault_ids_.push_back(faults().add(rule));
}

void ModemHost::reconfigure(const ModuleOptions& options, const std::set<std::string_view>& changed) {
  enter([&] {
    if (changed.contains("time-scale")) clock_.set_scale(options.time_scale);
    if (changed.contains("allow") || changed.contains("map")) sockets_.set_rules(options.network);
    if (changed.contains("apn")) {
      configuration_.access_points = options.module.access_points;
      modem().me().access_points = options.module.access_points;
    }
    if (changed.contains("profile")) {
      configuration_.timing = options.module.timing;
      board_->set_timing(options.module.timing);
    }
    if (!changed.contains("fault")) return;
    for (const int id : initial_fault_ids_) faults().remove(id);  // those that came by `ctl` stay
    initial_faults_ = options.faults;
    add_initial_faults();
  });
}

void ModemHost::open_control(boost::asio::io_context& io, const ModuleOptions& options) {
  const auto own_name = fmt::format("{}-{}", options.name, ::getpid());
  const auto open = [&](const std::string& name) {
    control_ = std::make_unique<control::Server>(
        io, runtime_directory() / (name + ".ctl"), *this, [this](const auto& body) { enter(body); }, log_.part("ctl"));
  };
  try {
    const auto taken = runtime_directory() / (options.name + ".ctl");
    const bool other = options.private_name || control::socket_is_alive(taken);
    if (other && !options.private_name)
      log_.warning("another module is called {}; ctl finds this one as {}", name_, own_name);
    open(other ? own_name : options.name);
  } catch (const Problem& problem) {
    // A module whose UART can be had works; it only cannot be controlled.
    log_.warning("no control socket: {}", problem.what());
  }
}

void ModemHost::reset(Memory memory) {
  Journal{journal_}.write(RecordKind::power, {{"event", "reset"}});
  faults().clear();  // while the module is there in which they undo what they did
  modem().cut_supply();
  if (memory == Memory::forget) {
    if (const auto records = flash_->list()) {
      for (const auto& record : *records) {
        if (!flash_->erase(record)) log_.error("{} could not be erased", record);
      }
    }
  }
  plug_in();
  follow_terminals();
  modem().power_key();
}

ModemHost::~ModemHost() = default;

PortEvents ModemHost::port_events() {
  return {
      .received =
          [this](ByteSpan bytes) {
            heard_ = true;
            enter([&] { line().from_te(bytes); });
          },
      .writable = [this] { enter([] {}); },
      .changed = [this] { enter([this] { follow_terminals(); }); },
      .purged = [this] { enter([this] { line().purge_input(); }); },
      .finished = [this] { enter([this] { ++finished_ports_; }); },
  };
}

std::vector<std::string> ModemHost::addresses() const {
  std::vector<std::string> all;
  for (const auto& port : ports_) all.push_back(port->address());
  return all;
}

void ModemHost::enter(const std::function<void()>& body) {
  // A port may find its TE while the others are still being opened; what it has to say is asked for afterwards.
  if (!started_) return;
  if (looking_) return body();  // what follows goes on there
  clock_.catch_up();
  body();
  settle();
}

void ModemHost::settle() {
  move_bytes();
  show_lines();
  end_finished_terminals();
  if (events_.ready && ready()) {
    std::exchange(events_.ready, {})();
    if (stdio_) stdio_->resume_reading();
  }
  clock_.arm();
}

/// The module is held back only when nobody who is there takes anything: one end that does not read must not keep the
/// others from their answers.
void ModemHost::move_bytes() {
  const auto stuck = [](const auto& port) { return port->attached() && port->write_pending(); };
  const auto takes = [](const auto& port) { return port->attached() && !port->write_pending(); };
  bool moved = true, looked = false;
  while (moved) {
    clock_.catch_up();
    line().set_port_ready(std::none_of(ports_.begin(), ports_.end(), stuck) ||
                          std::any_of(ports_.begin(), ports_.end(), takes));
    line().set_attended(std::any_of(ports_.begin(), ports_.end(), [](const auto& port) { return port->attached(); }));
    moved = line().pump();
    // Once, where nothing takes time. On a paced line an XOFF may stand before each byte: this program may have been
    // held up since it looked last.
    if (line().may_be_stopped() && (!std::exchange(looked, true) || line().pacing() == uart::Pacing::on))
      moved |= look_at_ports();
    if (const auto bytes = line().take(); !bytes.empty()) {
      write(bytes);
      moved = true;
    }
  }
  // The first end that has a rate, of those where somebody is.
  int rate = 0;
  for (const auto& port : ports_) {
    if (const auto own = port->attached() || ports_.size() == 1 ? port->terminal_rate() : 0; rate == 0) rate = own;
    port->set_module_rate(line().baud());
    // Whoever writes into a pipe cannot know when the module hears it; every other TE is told by the ready line.
    const bool too_early = events_.ready && port.get() == stdio_;
    line().wants_input() && !too_early ? port->resume_reading() : port->pause_reading();
  }
  if (rate) line().set_terminal_rate(rate);
}

/// What a TE has sent by now stands before what it has not been given yet: its XOFF stops that. True when it has sent.
bool ModemHost::look_at_ports() {
  looking_ = true;
  heard_ = false;
  for (const auto& port : ports_) port->look();
  looking_ = false;
  return heard_;
}

/// What waits for the first TE of a port is what was said before any came at all; the conversation with another is not
/// for it.
void ModemHost::write(ByteSpan bytes) {
  std::vector<Port*> there;  // before any of it is written: who reads that and comes then, comes later
  for (const auto& port : ports_) {
    if (port->attached() || port->coming()) there.push_back(port.get());
  }
  host_came_ = host_came_ || !there.empty();
  if (!host_came_) {
    for (const auto& port : ports_) port->write(bytes);
  }
  for (auto* port : there) port->write(bytes);
}

/// Ends with lines decide, if there are any: who only watches on a pty must not keep DTR up. One of them is enough for
/// DTR, and each can stop the module with RTS.
void ModemHost::follow_terminals() {
  bool attached = false, has_lines = false, dtr = false, rts = true, sends_break = false;
  for (const auto& port : ports_) {
    if (!port->attached()) continue;
    attached = true;
    const auto lines = port->terminal_lines();
    if (!lines) continue;
    has_lines = true;
    dtr |= lines->dtr;
    rts &= lines->rts;
    sends_break |= lines->sending_break;
  }
  board_->set_line(emulator::Line::rts, rts);
  board_->set_line(emulator::Line::dtr, has_lines ? dtr : attached);
  // ASSUMED: a break is a character with a framing error, which the module drops.
  if (std::exchange(break_, sends_break) != sends_break) log_.info("BREAK {}", sends_break ? "begins" : "ends");
}

void ModemHost::show_lines() {
  using emulator::Line;
  const ModuleLines lines{.cts = modem().line(Line::cts),
                          .dsr = modem().line(Line::dsr),
                          .dcd = modem().line(Line::dcd),
                          .ri = modem().line(Line::ri)};
  for (const auto& port : ports_) port->set_module_lines(lines);
}

bool ModemHost::quiet() { return line().quiet() && !modem().answering(); }

/// A TE that sends no more (`printf … | socat - UNIX:…`) still gets its answer.
void ModemHost::end_finished_terminals() {
  for (const auto& port : ports_) {
    if (port->input_ended() && !port->write_pending() && quiet()) port->close_end();
  }
  if (finished_ports_ == ports_.size() && events_.finished) std::exchange(events_.finished, {})();
}

}  // namespace quasimodem::app
