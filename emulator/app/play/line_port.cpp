// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/play/line_port.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "emulator/app/problem.hpp"

namespace quasimodem::app {
namespace {

[[noreturn]] void cannot_open(const std::string& where, const std::string& why) {
  throw Problem{ExitCode::environment, fmt::format("cannot open {}: {}", where, why),
                "a terminal device (/dev/ttyUSB0, the link of a running module), tcp:HOST:PORT or unix:PATH"};
}

speed_t speed_of(const std::string& where, int baud) {
  constexpr std::pair<int, speed_t> kSpeeds[] = {
      {1200, B1200},   {2400, B2400},   {4800, B4800},     {9600, B9600},     {19200, B19200},
      {38400, B38400}, {57600, B57600}, {115200, B115200}, {230400, B230400}, {460800, B460800}};
  for (const auto& [rate, speed] : kSpeeds) {
    if (rate == baud) return speed;
  }
  cannot_open(where, fmt::format("{} baud is no rate of a serial line", baud));
}

int open_terminal(const std::string& where, int baud) {
  const int fd = ::open(where.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) cannot_open(where, std::strerror(errno));
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) {
    ::close(fd);
    cannot_open(where, "not a terminal device");
  }
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  ::cfsetspeed(&settings, speed_of(where, baud));
  ::tcsetattr(fd, TCSANOW, &settings);
  return fd;
}

int connect_to(const std::string& where, int domain, const sockaddr* address, socklen_t size) {
  const int fd = ::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || ::connect(fd, address, size) != 0) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    cannot_open(where, why);
  }
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

int open_tcp(const std::string& where, const std::string& host_port) {
  const auto colon = host_port.rfind(':');
  if (colon == std::string::npos) cannot_open(where, "a port is missing");
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result =
      ::getaddrinfo(host_port.substr(0, colon).c_str(), host_port.substr(colon + 1).c_str(), &hints, &found);
  if (result != 0) cannot_open(where, ::gai_strerror(result));
  sockaddr_storage address{};
  const auto size = found->ai_addrlen;
  const int domain = found->ai_family;
  std::memcpy(&address, found->ai_addr, size);
  ::freeaddrinfo(found);
  return connect_to(where, domain, reinterpret_cast<const sockaddr*>(&address), size);
}

int open_unix(const std::string& where, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) cannot_open(where, "the path is too long for a socket");
  path.copy(address.sun_path, path.size());
  return connect_to(where, AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int open_line(const std::string& where, int baud) {
  constexpr std::string_view kTcp = "tcp:", kUnix = "unix:";
  if (where.starts_with(kTcp)) return open_tcp(where, where.substr(kTcp.size()));
  if (where.starts_with(kUnix)) return open_unix(where, where.substr(kUnix.size()));
  return open_terminal(where, baud);
}

bool ready(int fd, short events, std::chrono::milliseconds patience) {
  pollfd waiting{fd, events, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

}  // namespace

LinePort::LinePort(const std::string& where, int baud) : where_{where}, fd_{open_line(where, baud)} {}

LinePort::~LinePort() { ::close(fd_); }

void LinePort::write(ByteSpan bytes) {
  constexpr std::chrono::seconds kPatience{30};  // with a module that holds the line
  while (!bytes.empty()) {
    const auto count = ::write(fd_, bytes.data(), bytes.size());
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (!ready(fd_, POLLOUT, kPatience))
        throw Problem{ExitCode::environment, fmt::format("{} takes nothing any more", where_)};
    } else {
      throw Problem{ExitCode::environment, fmt::format("writing to {}: {}", where_, std::strerror(errno))};
    }
  }
}

Bytes LinePort::read(std::chrono::milliseconds patience) {
  if (!ready(fd_, POLLIN, patience)) return {};
  std::array<std::uint8_t, 4096> buffer{};
  const auto count = ::read(fd_, buffer.data(), buffer.size());
  if (count > 0) return {buffer.begin(), buffer.begin() + count};
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {};
  throw Problem{ExitCode::environment, fmt::format("{} was closed at the other end", where_)};
}

}  // namespace quasimodem::app
