// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/modem_host.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/modules.hpp"
#include "emulator/app/paths.hpp"
#include "emulator/app/ports/open_port.hpp"
#include "emulator/app/problem.hpp"
#include "storage/file_flash.hpp"
#include "storage/memory_flash.hpp"

namespace quasimodem::app {
namespace {

std::string way_out(storage::FileFlashProblem::Kind kind) {
  switch (kind) {
    case storage::FileFlashProblem::Kind::in_use:
      return "for another module at the same time: --name NAME, --nvram DIR or --ephemeral";
    case storage::FileFlashProblem::Kind::damaged:
      return "to go on without it: --nvram with another directory, or --ephemeral for a module that forgets";
    default: return "another directory: --nvram DIR; none at all: --ephemeral";
  }
}

std::unique_ptr<storage::Flash> open_flash(const RunOptions& options) {
  if (options.ephemeral) return std::make_unique<storage::MemoryFlash>();
  auto flash = storage::FileFlash::open(options.nvram ? *options.nvram : state_directory(options.name));
  if (!flash) throw Problem{ExitCode::environment, flash.error().message, way_out(flash.error().kind)};
  return std::move(*flash);
}

}  // namespace

ModemHost::ModemHost(boost::asio::io_context& io, const RunOptions& options, LogSink& sink,
                     std::function<void()> on_ready, std::function<void()> on_finished)
    : name_{options.name},
      log_{sink, options.name},
      on_ready_{std::move(on_ready)},
      on_finished_{std::move(on_finished)},
      clock_{io, timeline_, [this] { enter([] {}); }, options.time_scale},
      faults_{timeline_, options.module.seed, log_},
      files_{open_flash(options)},
      flash_{*files_, &faults_.book()} {
  sockets_ = std::make_unique<net::AsioBearer>(
      io, options.network, [this](const auto& body) { enter(body); }, log_.part("net"));
  const auto& timing = options.module.timing;
  faulty_ = std::make_unique<net::FaultyBearer>(*sockets_, timeline_, faults_.book());
  weather_ = std::make_unique<emulator::Weather>(timeline_, *faulty_, timing, options.module.seed, log_);
  modem_ = std::make_unique<emulator::Modem>(
      options.module, device::Surroundings{timeline_, weather_->bearer(), flash_, random_, log_});
  noise_ = std::make_unique<uart::NoisyLine>(timeline_, faults_.book(), *modem_);
  line_ =
      std::make_unique<uart::UartLine>(timeline_, *noise_, timing.uart_paced ? uart::Pacing::on : uart::Pacing::off);
  const auto uart_log = log_.part("uart");
  for (const auto& url : with_links(options)) {
    ports_.push_back(open_port(io, url, port_events(), uart_log));
    if (std::holds_alternative<StdioUrl>(url)) stdio_ = ports_.back().get();
  }
  if (ports_.size() > 1) {
    for (const auto& port : ports_) uart_log.info("at {}", port->address());
  }
  faults_.plug_in(*modem_, *weather_);
  for (const auto& rule : options.faults) faults_.add(rule);
  weather_->begin(modem_->me());
  started_ = true;
  enter([this] {
    follow_terminals();
    modem_->power_key();
  });
}

ModemHost::~ModemHost() = default;

PortEvents ModemHost::port_events() {
  return {
      .received = [this](ByteSpan bytes) { enter([&] { line_->from_te(bytes); }); },
      .writable = [this] { enter([] {}); },
      .changed = [this] { enter([this] { follow_terminals(); }); },
      .purged = [this] { enter([this] { line_->purge_input(); }); },
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
  clock_.catch_up();
  body();
  settle();
}

void ModemHost::settle() {
  move_bytes();
  show_lines();
  end_finished_terminals();
  if (on_ready_ && modem_->me().power() == device::MobileEquipment::Power::on) {
    std::exchange(on_ready_, {})();
    if (stdio_) stdio_->resume_reading();
  }
  clock_.arm();
}

/// The module is held back only when nobody who is there takes anything: one end that does not read must not keep the
/// others from their answers.
void ModemHost::move_bytes() {
  const auto stuck = [](const auto& port) { return port->attached() && port->write_pending(); };
  const auto takes = [](const auto& port) { return port->attached() && !port->write_pending(); };
  bool moved = true;
  while (moved) {
    clock_.catch_up();
    line_->set_port_ready(std::none_of(ports_.begin(), ports_.end(), stuck) ||
                          std::any_of(ports_.begin(), ports_.end(), takes));
    moved = line_->pump();
    if (const auto bytes = line_->take(); !bytes.empty()) {
      for (const auto& port : ports_) port->write(bytes);
    }
  }
  // The first end that has a rate, of those where somebody is.
  int rate = 0;
  for (const auto& port : ports_) {
    if (const auto own = port->attached() || ports_.size() == 1 ? port->terminal_rate() : 0; rate == 0) rate = own;
    port->set_module_rate(modem_->baud());
    // Whoever writes into a pipe cannot know when the module hears it; every other TE is told by the ready line.
    const bool too_early = on_ready_ && port.get() == stdio_;
    line_->wants_input() && !too_early ? port->resume_reading() : port->pause_reading();
  }
  if (rate) line_->set_terminal_rate(rate);
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
  modem_->set_line(emulator::Line::rts, rts);
  modem_->set_line(emulator::Line::dtr, has_lines ? dtr : attached);
  // ASSUMED: a break is a character with a framing error, which the module drops.
  if (std::exchange(break_, sends_break) != sends_break) log_.info("BREAK {}", sends_break ? "begins" : "ends");
}

void ModemHost::show_lines() {
  using emulator::Line;
  const ModuleLines lines{.cts = modem_->line(Line::cts),
                          .dsr = modem_->line(Line::dsr),
                          .dcd = modem_->line(Line::dcd),
                          .ri = modem_->line(Line::ri)};
  for (const auto& port : ports_) port->set_module_lines(lines);
}

bool ModemHost::quiet() const { return line_->quiet() && !modem_->answering(); }

/// A TE that sends no more (`printf … | socat - UNIX:…`) still gets its answer.
void ModemHost::end_finished_terminals() {
  for (const auto& port : ports_) {
    if (port->input_ended() && !port->write_pending() && quiet()) port->close_end();
  }
  if (finished_ports_ == ports_.size() && on_finished_) std::exchange(on_finished_, {})();
}

}  // namespace quasimodem::app
