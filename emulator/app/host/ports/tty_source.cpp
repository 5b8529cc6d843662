// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/serial_speed.hpp"
#include "emulator/app/host/ports/stream_source.hpp"

namespace quasimodem::app {
namespace {

// A device that was unplugged is looked for this often.
constexpr auto kReopenInterval = std::chrono::milliseconds{250};

struct OpenTty {
  int descriptor = -1;
  std::string problem;  ///< when it could not be opened
  std::string way_out;
};

OpenTty refused(int descriptor, std::string problem, std::string way_out) {
  if (descriptor >= 0) ::close(descriptor);
  return {-1, std::move(problem), std::move(way_out)};
}

OpenTty open_device(const TtyUrl& tty) {
  const int device = ::open(tty.device.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) {
    const int problem = errno;
    return refused(device, std::generic_category().message(problem),
                   problem == EACCES ? "serial devices belong to the group dialout: sudo adduser $USER dialout"
                   : problem == ENOENT
                       ? "plugged in? The devices that there are: ls /dev/ttyUSB* /dev/ttyACM* /dev/ttyS*"
                       : "check the device and its driver");
  }
  termios settings{};
  if (::tcgetattr(device, &settings) != 0) {
    return refused(device, "it is no terminal",
                   fmt::format("for a new pty of this name: --uart pty:{}", tty.device.string()));
  }
  if (::flock(device, LOCK_EX | LOCK_NB) != 0) {
    return refused(device, "another program has locked it", "end that program, or use another device");
  }
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS);  // the module's own RTS and CTS, by hand
  ::cfsetspeed(&settings, speed_of(tty.baud).value_or(B115200));
  ::tcsetattr(device, TCSANOW, &settings);
  ::tcflush(device, TCIOFLUSH);
  return {device, {}, {}};
}

class TtySource final : public StreamSource, public std::enable_shared_from_this<TtySource> {
 public:
  TtySource(boost::asio::io_context& io, TtyUrl tty, int device, Logger log)
      : tty_{std::move(tty)}, first_{device}, log_{std::move(log)}, timer_{io} {}
  ~TtySource() override {
    if (first_ >= 0) ::close(first_);
  }

  void start(std::function<void(OpenEnd)> opened) override {
    opened_ = std::move(opened);
    const int device = std::exchange(first_, -1);
    opened_({device, device});
  }
  bool closed() override {
    if (stopped_) return true;
    log_.warning("{} is gone; waiting for it to come back", tty_.device.string());
    look_later();
    return true;
  }
  void stop() override {
    stopped_ = true;
    timer_.cancel();
  }
  std::string address() const override { return fmt::format("tty:{},{}", tty_.device.string(), tty_.baud); }

 private:
  void look_later() {
    timer_.expires_after(kReopenInterval);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->stopped_) return;
      const int device = open_device(self->tty_).descriptor;
      if (device < 0) return self->look_later();
      self->log_.info("{} is back", self->tty_.device.string());
      self->opened_({device, device});
    });
  }

  TtyUrl tty_;
  int first_;
  Logger log_;
  std::function<void(OpenEnd)> opened_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

}  // namespace

Source open_tty(boost::asio::io_context& io, const TtyUrl& tty, Logger log) {
  const auto opened = open_device(tty);
  if (opened.descriptor < 0) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot open the device {}: {}", tty.device.string(), opened.problem), opened.way_out};
  }
  return std::make_shared<TtySource>(io, tty, opened.descriptor, std::move(log));
}

}  // namespace quasimodem::app
