// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/rfc2217_port.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace quasimodem::app {
namespace {

// Handed to the connection at a time; what is not yet there, a PURGE can take back.
constexpr std::size_t kPart = 4096;

// A client that sends nonsense all the time must not fill the log.
constexpr int kNotes = 20;

// pyserial opens a port with a dozen requests, each a round trip, and throws away what has come meanwhile; then it
// purges our input, which tells that it is done, as the first byte that it sends does.
constexpr auto kNegotiationTakes = std::chrono::milliseconds{500};

}  // namespace

Rfc2217Port::Rfc2217Port(boost::asio::io_context& io, Source source, PortEvents events, const Logger& log)
    : events_{std::move(events)},
      log_{log},
      waiting_{log},
      opening_{io},
      connection_{io, std::move(source), connection_events(), log} {}

PortEvents Rfc2217Port::connection_events() {
  return {
      .received = [this](ByteSpan bytes) { com_port_->receive(bytes); },
      .writable =
          [this] {
            flush();
            if (!write_pending()) events_.writable();
          },
      .changed = [this] { connection_changed(); },
  };
}

void Rfc2217Port::connection_changed() {
  if (connection_.attached() && !com_port_) {
    welcome();
  } else if (!connection_.attached()) {
    com_port_.reset();
    waiting_.clear();
    opening_.cancel();
    opened_ = true;
  }
  events_.changed();
}

void Rfc2217Port::welcome() {
  com_port_ = std::make_unique<ComPort>(ComPort::Events{
                                            .data =
                                                [this](ByteSpan bytes) {
                                                  release();
                                                  events_.received(bytes);
                                                },
                                            .send = [this](ByteSpan bytes) { connection_.write(bytes); },
                                            .lines_changed = [this] { events_.changed(); },
                                            .flow_changed =
                                                [this] {
                                                  flush();
                                                  events_.writable();
                                                },
                                            .purge_output =
                                                [this] {
                                                  if (opened_) waiting_.clear();
                                                },
                                            .purge_input =
                                                [this] {
                                                  release();
                                                  events_.purged();
                                                },
                                            .note =
                                                [log = log_, left = kNotes](const std::string& note) mutable {
                                                  if (left > 0)
                                                    log.warning("{}{}", note,
                                                                left == 1 ? "; the next ones are not logged" : "");
                                                  if (left > 0) --left;
                                                },
                                        },
                                        lines_);
  com_port_->start();
  if (opened_) return;
  opening_.expires_after(kNegotiationTakes);
  opening_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) release();
  });
}

void Rfc2217Port::release() {
  if (std::exchange(opened_, true)) return;
  opening_.cancel();
  flush();
}

void Rfc2217Port::write(ByteSpan bytes) {
  if (!attached() && opened_) return;
  waiting_.push(bytes);
  if (!attached()) return waiting_.limit(kHeldForFirstTerminal);
  flush();
}

void Rfc2217Port::flush() {
  if (!com_port_ || !opened_) return;
  while (!waiting_.empty() && !com_port_->suspended() && !connection_.write_pending()) {
    const auto part = waiting_.waiting().first(std::min(waiting_.waiting().size(), kPart));
    connection_.write(Telnet::escape(part));
    waiting_.pop(part.size());
  }
}

bool Rfc2217Port::write_pending() const { return attached() && (!waiting_.empty() || connection_.write_pending()); }

std::optional<TerminalLines> Rfc2217Port::terminal_lines() const {
  return com_port_ ? std::optional{com_port_->terminal_lines()} : std::nullopt;
}

void Rfc2217Port::set_module_lines(const ModuleLines& lines) {
  lines_ = lines;
  if (com_port_) com_port_->set_module_lines(lines);
}

int Rfc2217Port::terminal_rate() const { return com_port_ ? com_port_->rate() : 0; }

}  // namespace quasimodem::app
