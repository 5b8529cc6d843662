// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/tty_port.hpp"

#include <chrono>
#include <sys/ioctl.h>
#include <termios.h>
#include <utility>

#include "emulator/app/base/serial_speed.hpp"

namespace quasimodem::app {
namespace {

// The kernel can only wait for a line to change in a thread that it blocks, so the lines are looked at this often.
constexpr auto kLookInterval = std::chrono::milliseconds{10};

}  // namespace

TtyPort::TtyPort(boost::asio::io_context& io, const TtyUrl& tty, PortEvents events, const Logger& log)
    : events_{std::move(events)},
      log_{log},
      own_rate_{tty.baud},
      rate_{tty.baud},
      wanted_rate_{tty.baud},
      watch_{io},
      connection_{io, open_tty(io, tty, log), connection_events(), log} {
  connection_changed();
}

PortEvents TtyPort::connection_events() {
  return {
      .received = [this](ByteSpan bytes) { events_.received(bytes); },
      .writable = [this] { events_.writable(); },
      .changed =
          [this] {
            // The device is open from the first moment on, before this object is complete.
            if (watching_ || known_) connection_changed();
            events_.changed();
          },
  };
}

void TtyPort::connection_changed() {
  if (!attached()) {
    terminal_.reset();
    known_ = true;  // and look again when it is back
    rate_ = 0;
    return;
  }
  known_ = true;
  if (rate_ == 0) rate_ = own_rate_;  // opened anew
  terminal_ = read_lines();
  if (terminal_) {
    show_lines();
    look_later();
  } else {
    log_.info("{} has no lines: DTR counts as on while it is open, RTS always; DCD and RI are not seen", address());
  }
}

// ---- lines ----

std::optional<TerminalLines> TtyPort::read_lines() const {
  int state = 0;
  if (!attached() || ::ioctl(connection_.descriptor(), TIOCMGET, &state) != 0) return std::nullopt;
  return TerminalLines{.dtr = (state & (TIOCM_DSR | TIOCM_CAR)) != 0, .rts = (state & TIOCM_CTS) != 0};
}

/// Our DTR is the host's DSR and DCD: of the module's lines, DCD says more. RI has no wire in such a cable.
void TtyPort::show_lines() const {
  if (!terminal_) return;
  const auto set = [this](int line, bool level) {
    ::ioctl(connection_.descriptor(), level ? TIOCMBIS : TIOCMBIC, &line);
  };
  set(TIOCM_RTS, module_.cts);
  set(TIOCM_DTR, module_.dcd);
}

void TtyPort::set_module_lines(const ModuleLines& lines) {
  if (std::exchange(module_, lines) == lines) return;
  show_lines();
}

void TtyPort::look_later() {
  if (std::exchange(watching_, true)) return;
  watch_.expires_after(kLookInterval);
  watch_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    watching_ = false;
    look_at_lines();
  });
}

void TtyPort::look_at_lines() {
  if (!attached()) return;
  change_rate();
  const auto lines = read_lines();
  if (lines || rate_ != wanted_rate_) look_later();
  if (std::exchange(terminal_, lines) != lines) events_.changed();
}

// ---- rate ----

void TtyPort::set_module_rate(int baud) {
  const int wanted = baud ? baud : own_rate_;
  if (std::exchange(wanted_rate_, wanted) == wanted) return;
  if (!speed_of(wanted)) {
    log_.warning("{} cannot do {} bit/s; it stays at {}", address(), wanted, rate_);
    wanted_rate_ = rate_;
    return;
  }
  look_later();
}

/// Once the OK that confirms the new rate is out on the line.
void TtyPort::change_rate() {
  int waiting = 0;
  if (rate_ == wanted_rate_ || write_pending()) return;
  if (::ioctl(connection_.descriptor(), TIOCOUTQ, &waiting) == 0 && waiting > 0) return;
  termios settings{};
  if (::tcgetattr(connection_.descriptor(), &settings) != 0) return;
  ::cfsetspeed(&settings, speed_of(wanted_rate_).value_or(B115200));
  if (::tcsetattr(connection_.descriptor(), TCSANOW, &settings) != 0) return;
  rate_ = wanted_rate_;
  log_.info("{} now has {} bit/s", address(), rate_);
}

}  // namespace quasimodem::app
