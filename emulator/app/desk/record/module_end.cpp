// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/record/module_end.hpp"

#include <chrono>
#include <sys/ioctl.h>
#include <termios.h>
#include <utility>

#include "emulator/app/base/serial_speed.hpp"

namespace quasimodem::app {
namespace {

// The kernel can only wait for a line to change in a thread that it blocks, so the lines are looked at this often.
constexpr auto kLookInterval = std::chrono::milliseconds{10};

OpenEnd opened(const LineAddress& address) {
  const int descriptor = open_line(address);
  return {descriptor, descriptor};
}

}  // namespace

ModuleEnd::ModuleEnd(boost::asio::io_context& io, const LineAddress& address, Events events, Logger log)
    : kind_{address.kind},
      events_{std::move(events)},
      timer_{io},
      baud_{address.baud},
      stream_{io, opened(address),
              ByteStream::Events{
                  .received = [this](ByteSpan bytes) { rfc2217_ ? rfc2217_->receive(bytes) : events_.received(bytes); },
                  .drained = [this] { events_.drained(); },
                  .input_ended = [this] { events_.gone(); },
                  .broken = [this] { events_.gone(); }},
              std::move(log)} {
  if (kind_ == LineAddress::Kind::rfc2217) {
    rfc2217_.emplace(Rfc2217Client::Events{.data = [this](ByteSpan data) { events_.received(data); },
                                           .send = [this](ByteSpan bytes) { stream_.write(bytes); },
                                           .lines_changed = [this](const ModuleLines& now) { show(now); }},
                     baud_);
  }
  if (const auto now = read_lines()) {
    lines_ = *now;
    look_later();
  }
}

void ModuleEnd::show(const ModuleLines& now) {
  if (std::exchange(lines_, now) != now) events_.lines_changed();
}

std::optional<ModuleLines> ModuleEnd::read_lines() const {
  int state = 0;
  if (!is_device() || ::ioctl(stream_.descriptor(), TIOCMGET, &state) != 0) return std::nullopt;
  return ModuleLines{.cts = (state & TIOCM_CTS) != 0,
                     .dsr = (state & TIOCM_DSR) != 0,
                     .dcd = (state & TIOCM_CAR) != 0,
                     .ri = (state & TIOCM_RI) != 0};
}

void ModuleEnd::look_later() {
  timer_.expires_after(kLookInterval);
  timer_.async_wait([this](const boost::system::error_code& cancelled) {
    if (cancelled) return;
    const auto now = read_lines();
    if (!now) return;
    show(*now);
    look_later();
  });
}

bool ModuleEnd::set_device_rate(int wanted) const {
  const auto speed = speed_of(wanted);
  termios settings{};
  if (!speed || ::tcgetattr(stream_.descriptor(), &settings) != 0) return false;
  ::cfsetspeed(&settings, *speed);
  return ::tcsetattr(stream_.descriptor(), TCSADRAIN, &settings) == 0;
}

bool ModuleEnd::set_rate(int baud) {
  if (is_device() && !set_device_rate(baud)) return false;
  if (rfc2217_) rfc2217_->set_baud(baud);
  baud_ = baud;
  return true;
}

void ModuleEnd::set_device_lines(const TerminalLines& wanted) const {
  const auto set = [this](int line, bool level) { ::ioctl(stream_.descriptor(), level ? TIOCMBIS : TIOCMBIC, &line); };
  set(TIOCM_DTR, wanted.dtr);
  set(TIOCM_RTS, wanted.rts);
  ::ioctl(stream_.descriptor(), wanted.sending_break ? TIOCSBRK : TIOCCBRK);
}

void ModuleEnd::set_terminal_lines(const TerminalLines& lines) {
  if (is_device()) set_device_lines(lines);
  if (rfc2217_) rfc2217_->set_lines(lines);
}

}  // namespace quasimodem::app
