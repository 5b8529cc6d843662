// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/ports/pty_port.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/serial_speed.hpp"
#include "emulator/app/host/ports/backlog.hpp"
#include "emulator/app/host/ports/opening_watch.hpp"
#include "emulator/app/host/stable_link.hpp"

namespace quasimodem::app {
namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

// pyserial and others throw away what they find while they open a port; by then they have done so.
constexpr auto kOpeningTakes = std::chrono::milliseconds{20};

// The kernel tells of a new speed only in packet mode with EXTPROC, which hosts would see in their settings. So they
// are looked at when the TE has sent something, and in between for the one speed that matters there: B0, which
// ModemManager leaves for 100 ms.
constexpr auto kProbeInterval = std::chrono::milliseconds{40};

constexpr std::string_view kWithLines = "--uart rfc2217:HOST:PORT";

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

int open_master() {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot create a pseudo terminal: {}", std::generic_category().message(errno)),
                  "check that /dev/pts is mounted and /proc/sys/kernel/pty/max is not exhausted"};
  }
  if (::grantpt(master) != 0 || ::unlockpt(master) != 0) fail("preparing the pty");
  return master;
}

std::string device_of(int master) {
  std::array<char, 128> name{};
  if (::ptsname_r(master, name.data(), name.size()) != 0) fail("naming the pty");
  return name.data();
}

/// Raw before the first byte: with the kernel's default echo the module would hear itself.
void make_raw(const std::string& device) {
  const int slave = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) fail("opening the pty");
  termios settings{};
  ::tcgetattr(slave, &settings);
  ::cfmakeraw(&settings);
  ::cfsetspeed(&settings, B115200);
  ::tcsetattr(slave, TCSANOW, &settings);
  ::close(slave);
}

}  // namespace

struct PtyPort::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& io, PortEvents port_events, Logger logger)
      : events{std::move(port_events)},
        log{logger},
        outgoing{std::move(logger)},
        master{io, open_master()},
        watch{OpeningWatch::of(io)},
        timer{io},
        probe_timer{io} {}

  PortEvents events;
  Logger log;
  Backlog outgoing;  ///< not yet taken by the kernel
  stream_descriptor master;
  OpeningWatch& watch;
  int watched = 0;  ///< of it
  boost::asio::steady_timer timer;
  boost::asio::steady_timer probe_timer;
  std::string device;
  std::optional<StableLink> link;

  bool attached = false;
  bool hung_up = false;  ///< the TE has set the speed B0: on a serial port that drops DTR
  bool ever_attached = false;
  bool asks_for_lines = false;
  int rate = 0;          ///< that the TE has set
  bool opening = false;  ///< the first TE is just opening the port
  bool paused = false;
  bool reading = false;
  bool writing = false;
  std::array<std::uint8_t, 4096> incoming{};  // a pty never gives more at a time

  void start(const std::optional<std::filesystem::path>& link_path) {
    device = device_of(master.native_handle());
    make_raw(device);
    look_at_settings();
    if (link_path) link.emplace(*link_path, device);
    watched = watch.add(device, master.native_handle(), [this] { attach(); });
  }

  // ---- who is there ----

  short poll_events() {
    pollfd state{master.native_handle(), POLLIN, 0};
    return ::poll(&state, 1, 0) >= 0 ? state.revents : POLLHUP;
  }
  bool somebody_has_it_open() { return !(poll_events() & POLLHUP); }
  bool somebody_wrote() { return poll_events() & POLLIN; }

  /// Also for a TE that has gone again already: what it wrote waits to be read.
  void attach() {
    if (attached) return;
    attached = true;
    log.debug("a TE opened {}", device);
    if (!ever_attached) log.debug("a pty has no DTR, RTS, DCD, RI, no parity and no BREAK. With them: {}", kWithLines);
    if (!std::exchange(ever_attached, true)) {
      opening = true;
      timer.expires_after(kOpeningTakes);
      timer.async_wait([self = shared_from_this()](const error_code& error) {
        if (!error) self->opened();
      });
    }
    events.changed();
    watch_settings();
    read();
  }

  /// What the TE set; the master shows the slave's settings.
  void look_at_settings() {
    termios now{};
    const bool known = ::tcgetattr(master.native_handle(), &now) == 0;
    if (known) {
      look_at_flow_control(now);
      rate = rate_of(::cfgetospeed(&now));
    }
    const bool zero = attached && known && ::cfgetospeed(&now) == B0;
    if (std::exchange(hung_up, zero) != zero) {
      log.debug("the TE {} by the speed B0", zero ? "hangs up" : "no longer hangs up");
      events.changed();
    }
  }

  void watch_settings() {
    if (!attached) return;
    look_at_settings();
    probe_timer.expires_after(kProbeInterval);
    probe_timer.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->watch_settings();
    });
  }

  /// The one wish for lines that a pty shows us. (Parity, seven bits and BREAK it drops without a trace.)
  void look_at_flow_control(const termios& settings) {
    const bool asked = settings.c_cflag & CRTSCTS;
    if (std::exchange(asks_for_lines, asked) == asked || !asked) return;
    log.info("the host asks for RTS/CTS; a pty has no lines, here a full buffer holds back. With lines: {}",
             kWithLines);
  }

  void opened() {
    if (std::exchange(opening, false)) flush();
  }

  void detach() {
    attached = false;
    opening = false;
    hung_up = false;
    probe_timer.cancel();
    outgoing.clear();
    discard_unread();
    log.debug("no TE has {} open", device);
    events.changed();
    // Nobody told of those who came while the watch was off.
    if (somebody_has_it_open() || somebody_wrote()) attach();
  }

  /// What the last TE did not read is not for the next one. Only the slave's side can throw it away.
  void discard_unread() {
    watch.unnoticed(watched, [this] {
      if (const int slave = ::open(device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC); slave >= 0) {
        ::tcflush(slave, TCIFLUSH);
        ::close(slave);
      }
    });
  }

  // ---- bytes ----

  // Never a read that ends in a handler: what it had read already would wait there while `look` hands over what came
  // later.
  void read() {
    if (reading || paused || !attached) return;
    reading = true;
    master.async_wait(stream_descriptor::wait_read, [self = shared_from_this()](const error_code& error) {
      self->reading = false;
      if (error == boost::asio::error::operation_aborted || !self->master.is_open()) return;
      const auto count = self->take();
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        return self->detach();  // EIO: the last TE closed it
      self->read();
    });
  }

  /// What `read` says.
  ssize_t take() {
    const auto count = ::read(master.native_handle(), incoming.data(), incoming.size());
    if (count <= 0) return count;
    opened();
    look_at_settings();
    events.received({incoming.data(), static_cast<std::size_t>(count)});
    explicit_bzero(incoming.data(), static_cast<std::size_t>(count));  // it may be a key
    return count;
  }

  void look() {
    if (!paused && attached) take();
  }

  void write(ByteSpan bytes) {
    if (!attached && ever_attached) return;
    outgoing.push(bytes);
    if (!attached) {
      outgoing.limit(kHeldForFirstTerminal);
    } else if (!opening) {
      flush();
    }
  }

  void flush() {
    if (writing || outgoing.empty()) return;
    const auto waiting = outgoing.waiting();
    const auto written = ::write(master.native_handle(), waiting.data(), waiting.size());
    if (written > 0) outgoing.pop(static_cast<std::size_t>(written));
    if (outgoing.empty()) return;
    writing = true;
    master.async_wait(stream_descriptor::wait_write, [self = shared_from_this()](const error_code& error) {
      self->writing = false;
      if (error) return;
      // A hang-up counts as writable. Nobody will ever read this, and it must not keep the module from its input.
      if (!self->somebody_has_it_open()) self->outgoing.clear();
      self->flush();
      if (self->outgoing.empty()) self->events.writable();
    });
  }

  void stop() {
    error_code ignored;
    timer.cancel();
    probe_timer.cancel();
    watch.remove(watched);
    master.close(ignored);
    link.reset();
  }
};

PtyPort::PtyPort(boost::asio::io_context& io, const std::optional<std::filesystem::path>& link, PortEvents events,
                 Logger log)
    : impl_{std::make_shared<Impl>(io, std::move(events), std::move(log))} {
  impl_->start(link);
}

PtyPort::~PtyPort() { impl_->stop(); }

void PtyPort::write(ByteSpan bytes) { impl_->write(bytes); }
bool PtyPort::attached() const { return impl_->attached; }
bool PtyPort::coming() const { return !impl_->attached && impl_->somebody_has_it_open(); }
bool PtyPort::write_pending() const { return impl_->attached && !impl_->outgoing.empty(); }
void PtyPort::look() { impl_->look(); }
void PtyPort::pause_reading() { impl_->paused = true; }
void PtyPort::resume_reading() {
  if (std::exchange(impl_->paused, false)) impl_->read();
}

/// A pty has one line: B0 lets DTR fall.
std::optional<TerminalLines> PtyPort::terminal_lines() const {
  return impl_->hung_up ? std::optional{TerminalLines{.dtr = false}} : std::nullopt;
}

int PtyPort::terminal_rate() const { return impl_->rate; }

std::string PtyPort::address() const { return impl_->link ? impl_->link->path().string() : impl_->device; }

}  // namespace quasimodem::app
