// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/modem_host.hpp"

#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include "emulator/app/paths.hpp"
#include "emulator/app/ports/pty_port.hpp"
#include "emulator/app/problem.hpp"
#include "net/faults/slow_bearer.hpp"
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
                     std::function<void()> on_ready, std::function<void()> on_quit)
    : name_{options.name},
      log_{sink, options.name},
      on_ready_{std::move(on_ready)},
      on_quit_{std::move(on_quit)},
      configuration_{options.module},
      clock_{io, timeline_, [this] { enter([] {}); }},
      flash_{open_flash(options)} {
  sockets_ = std::make_unique<net::AsioBearer>(
      io, options.network, [this](const auto& body) { enter(body); }, log_.part("net"));
  const auto& timing = options.module.timing;
  bearer_ = std::make_unique<net::SlowBearer>(*sockets_, timeline_, [rtt = timing.round_trip] { return rtt; });
  plug_in();
  port_ = std::make_unique<PtyPort>(
      io, link_of(options),
      PortEvents{
          .received = [this](ByteSpan bytes) { enter([&] { line_->from_te(bytes); }); },
          .writable = [this] { enter([] {}); },
          .attached = [this](bool attached) { enter([&] { modem_->set_line(emulator::Line::dtr, attached); }); },
      },
      log_.part("uart"));
  open_control(io, options);
  enter([this, &options] {
    if (options.power == InitialPower::on) return modem_->power_key();
    if (on_ready_) std::exchange(on_ready_, {})();  // there is nothing to wait for
  });
}

void ModemHost::plug_in() {
  line_.reset();
  modem_ = std::make_unique<emulator::Modem>(
      configuration_, device::Surroundings{timeline_, *bearer_, *flash_, random_, log_, Journal{journal_}});
  const auto pacing = configuration_.timing.uart_paced ? uart::Pacing::on : uart::Pacing::off;
  line_ = std::make_unique<uart::UartLine>(timeline_, *modem_, pacing);
}

void ModemHost::open_control(boost::asio::io_context& io, const RunOptions& options) {
  const auto own_name = fmt::format("{}-{}", options.name, ::getpid());
  const bool private_name = !options.command.empty() && !options.named;
  const auto open = [&](const std::string& name) {
    control_ = std::make_unique<control::Server>(
        io, runtime_directory() / (name + ".ctl"), *this, [this](const auto& body) { enter(body); }, log_.part("ctl"));
  };
  try {
    const auto taken = runtime_directory() / (options.name + ".ctl");
    const bool other = private_name || control::socket_is_alive(taken);
    if (other && !private_name) log_.warning("another module is called {}; ctl finds this one as {}", name_, own_name);
    open(other ? own_name : options.name);
  } catch (const Problem& problem) {
    // A module whose UART can be had works; it only cannot be controlled.
    log_.warning("no control socket: {}", problem.what());
  }
}

void ModemHost::reset(Memory memory) {
  Journal{journal_}.write(RecordKind::power, {{"event", "reset"}});
  modem_->cut_supply();
  if (memory == Memory::forget) {
    if (const auto records = flash_->list()) {
      for (const auto& record : *records) {
        if (!flash_->erase(record)) log_.error("{} could not be erased", record);
      }
    }
  }
  plug_in();
  modem_->power_key();
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
