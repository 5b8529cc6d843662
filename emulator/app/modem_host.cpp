// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/modem_host.hpp"

#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/paths.hpp"
#include "emulator/app/ports/pty_port.hpp"
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

std::filesystem::path link_of(const RunOptions& options) {
  if (options.link) return *options.link;
  // Under `run --` nobody looks for the link by name, and many runs may go on at once.
  const bool private_name = !options.command.empty() && !options.named;
  return runtime_directory() / (private_name ? fmt::format("{}-{}", options.name, ::getpid()) : options.name);
}

}  // namespace

ModemHost::ModemHost(boost::asio::io_context& io, const RunOptions& options, LogSink& sink,
                     std::function<void()> on_ready)
    : name_{options.name},
      log_{sink, options.name},
      on_ready_{std::move(on_ready)},
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
  port_ = std::make_unique<PtyPort>(
      io, link_of(options),
      PortEvents{
          .received = [this](ByteSpan bytes) { enter([&] { line_->from_te(bytes); }); },
          .writable = [this] { enter([] {}); },
          .attached = [this](bool attached) { enter([&] { modem_->set_line(emulator::Line::dtr, attached); }); },
      },
      log_.part("uart"));
  faults_.plug_in(*modem_, *weather_);
  for (const auto& rule : options.faults) faults_.add(rule);
  weather_->begin(modem_->me());
  enter([this] { modem_->power_key(); });
}

ModemHost::~ModemHost() = default;

void ModemHost::enter(const std::function<void()>& body) {
  clock_.catch_up();
  body();
  settle();
}

void ModemHost::settle() {
  if (!port_) return;
  bool moved = true;
  while (moved) {
    clock_.catch_up();
    line_->set_port_ready(!port_->write_pending());
    moved = line_->pump();
    if (const auto bytes = line_->take(); !bytes.empty()) port_->write(bytes);
  }
  if (const auto rate = port_->terminal_rate()) line_->set_terminal_rate(rate);
  line_->wants_input() ? port_->resume_reading() : port_->pause_reading();
  if (on_ready_ && modem_->me().power() == device::MobileEquipment::Power::on) std::exchange(on_ready_, {})();
  clock_.arm();
}

}  // namespace quasimodem::app
