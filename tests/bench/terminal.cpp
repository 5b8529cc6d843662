// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/terminal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"

namespace quasimodem::bench {
namespace {

void make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) fail_with_errno("pty");
  ::cfmakeraw(&settings);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  ::tcsetattr(fd, TCSANOW, &settings);
}

void set_blocking(int fd, bool blocking) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

}  // namespace

Pty::Pty() : master{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)} {
  std::array<char, 128> name{};
  if (master.get() < 0 || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0 ||
      ::ptsname_r(master.get(), name.data(), name.size()) != 0) {
    fail_with_errno("pty");
  }
  device = name.data();
  make_raw(master.get());
}

Terminal::Terminal(const std::string& device) : line_{::open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)} {
  if (line_.get() < 0) fail_with_errno(device);
  make_raw(line_.get());
}

ByteSpan Terminal::read(std::size_t most) {
  if (from_ == to_) {
    const auto size = ::read(line_.get(), buffer_.data(), buffer_.size());
    if (size < 0) fail_with_errno("reading the serial line");
    if (size == 0) throw Failure{"the serial line was closed"};
    from_ = 0;
    to_ = static_cast<std::size_t>(size);
  }
  const ByteSpan bytes{buffer_.data() + from_, std::min(most, to_ - from_)};
  from_ += bytes.size();
  return bytes;
}

void Terminal::read_exactly(std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const auto bytes = read(into.size());
    std::copy(bytes.begin(), bytes.end(), into.begin());
    into = into.subspan(bytes.size());
  }
}

std::string Terminal::read_until(std::string_view end) {
  std::string text;
  while (!text.ends_with(end)) text += as_text(read(1));
  return text;
}

void Terminal::expect(std::string_view text) {
  std::string got(text.size(), '\0');
  read_exactly({reinterpret_cast<std::uint8_t*>(got.data()), got.size()});
  if (got != text) throw Failure{fmt::format("\"{}\" came instead of \"{}\"", escaped(got), escaped(text))};
}

void Terminal::exchange(ByteSpan bytes, std::size_t expected_size, const std::function<void(ByteSpan)>& received) {
  set_blocking(line_.get(), false);
  while (!bytes.empty() || expected_size > 0) {
    pollfd state{line_.get(), static_cast<short>(bytes.empty() ? POLLIN : POLLIN | POLLOUT), 0};
    if (::poll(&state, 1, -1) < 0) fail_with_errno("the serial line");
    if (state.revents & POLLIN) {
      const auto piece = read(expected_size);
      received(piece);
      expected_size -= piece.size();
    }
    if (state.revents & POLLOUT) {
      const auto written = ::write(line_.get(), bytes.data(), std::min<std::size_t>(bytes.size(), 4096));
      if (written < 0 && errno != EAGAIN) fail_with_errno("writing to the serial line");
      if (written > 0) bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    if (state.revents & (POLLHUP | POLLERR)) throw Failure{"the serial line was closed"};
  }
  set_blocking(line_.get(), true);
}

}  // namespace quasimodem::bench
