// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/record/module_end.hpp"

#include <chrono>
#include <optional>
#include <sys/ioctl.h>
#include <termios.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "emulator/app/base/serial_speed.hpp"
#include "emulator/app/desk/line/open_line.hpp"
#include "emulator/app/desk/line/rfc2217_client.hpp"
#include "emulator/app/host/ports/byte_stream.hpp"

namespace quasimodem::app {
namespace {

// The kernel can only wait for a line to change in a thread that it blocks, so the lines are looked at this often.
constexpr auto kLookInterval = std::chrono::milliseconds{10};

}  // namespace

struct ModuleEnd::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io, const LineAddress& line, Events end_events)
      : address{line}, events{std::move(end_events)}, timer{io}, baud{line.baud} {}

  LineAddress address;
  Events events;
  boost::asio::steady_timer timer;
  int baud;
  ModuleLines lines{.cts = true, .dsr = true};
  std::unique_ptr<ByteStream> stream;
  std::unique_ptr<Rfc2217Client> rfc2217;

  bool is_device() const { return address.kind == LineAddress::Kind::terminal; }

  void start(boost::asio::io_context& io, Logger log) {
    const int descriptor = open_line(address);
    const auto heard = [this](ByteSpan bytes) { rfc2217 ? rfc2217->receive(bytes) : events.received(bytes); };
    stream = std::make_unique<ByteStream>(io, OpenEnd{descriptor, descriptor},
                                          ByteStream::Events{.received = heard,
                                                             .drained = [this] { events.drained(); },
                                                             .input_ended = [this] { events.gone(); },
                                                             .broken = [this] { events.gone(); }},
                                          std::move(log));
    if (address.kind == LineAddress::Kind::rfc2217) {
      rfc2217 = std::make_unique<Rfc2217Client>(
          Rfc2217Client::Events{.data = [this](ByteSpan data) { events.received(data); },
                                .send = [this](ByteSpan bytes) { stream->write(bytes); },
                                .lines_changed = [this](const ModuleLines& now) { show(now); }},
          baud);
    }
    if (const auto now = read_lines()) {
      lines = *now;
      look_later();
    }
  }

  void show(const ModuleLines& now) {
    if (std::exchange(lines, now) != now) events.lines_changed();
  }

  std::optional<ModuleLines> read_lines() const {
    int state = 0;
    if (!is_device() || ::ioctl(stream->descriptor(), TIOCMGET, &state) != 0) return std::nullopt;
    return ModuleLines{.cts = (state & TIOCM_CTS) != 0,
                       .dsr = (state & TIOCM_DSR) != 0,
                       .dcd = (state & TIOCM_CAR) != 0,
                       .ri = (state & TIOCM_RI) != 0};
  }

  void look_later() {
    timer.expires_after(kLookInterval);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& cancelled) {
      if (cancelled || !self->stream) return;
      const auto now = self->read_lines();
      if (!now) return;
      self->show(*now);
      self->look_later();
    });
  }

  bool set_device_rate(int wanted) const {
    const auto speed = speed_of(wanted);
    termios settings{};
    if (!speed || ::tcgetattr(stream->descriptor(), &settings) != 0) return false;
    ::cfsetspeed(&settings, *speed);
    return ::tcsetattr(stream->descriptor(), TCSADRAIN, &settings) == 0;
  }

  void set_device_lines(const TerminalLines& wanted) const {
    const auto set = [this](int line, bool level) {
      ::ioctl(stream->descriptor(), level ? TIOCMBIS : TIOCMBIC, &line);
    };
    set(TIOCM_DTR, wanted.dtr);
    set(TIOCM_RTS, wanted.rts);
    ::ioctl(stream->descriptor(), wanted.sending_break ? TIOCSBRK : TIOCCBRK);
  }
};

ModuleEnd::ModuleEnd(boost::asio::io_context& io, const LineAddress& address, Events events, Logger log)
    : impl_{std::make_shared<Impl>(io, address, std::move(events))} {
  impl_->start(io, std::move(log));
}

ModuleEnd::~ModuleEnd() {
  impl_->timer.cancel();
  impl_->stream.reset();
}

void ModuleEnd::write(ByteSpan bytes) { impl_->rfc2217 ? impl_->rfc2217->write(bytes) : impl_->stream->write(bytes); }
bool ModuleEnd::write_pending() const { return impl_->stream->write_pending(); }
void ModuleEnd::pause_reading() { impl_->stream->pause_reading(); }
void ModuleEnd::resume_reading() { impl_->stream->resume_reading(); }

bool ModuleEnd::set_rate(int baud) {
  if (impl_->is_device() && !impl_->set_device_rate(baud)) return false;
  if (impl_->rfc2217) impl_->rfc2217->set_baud(baud);
  impl_->baud = baud;
  return true;
}

int ModuleEnd::rate() const { return impl_->baud; }

void ModuleEnd::set_terminal_lines(const TerminalLines& lines) {
  if (impl_->is_device()) impl_->set_device_lines(lines);
  if (impl_->rfc2217) impl_->rfc2217->set_lines(lines);
}

ModuleLines ModuleEnd::lines() const { return impl_->lines; }

}  // namespace quasimodem::app
