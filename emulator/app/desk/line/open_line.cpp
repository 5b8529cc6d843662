// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/base/process/paths.hpp"
#include "emulator/app/base/serial_speed.hpp"
#include "emulator/app/desk/line/line_address.hpp"

namespace quasimodem::app {
namespace {

/// Closes what was opened when something goes wrong behind it.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  int release() {
    const int number = number_;
    number_ = -1;
    return number;
  }

 private:
  int number_;
};

[[noreturn]] void cannot_open(const LineAddress& address, const std::string& why, std::string way_out = {}) {
  if (way_out.empty()) way_out = fmt::format("use {}", kLineForms);
  throw Problem{ExitCode::environment, fmt::format("cannot open {}: {}", address.where, why), std::move(way_out)};
}

[[noreturn]] void cannot_open_device(const LineAddress& address, int problem) {
  std::string way_out;
  std::error_code unknown;
  if (problem == EACCES) {
    const bool emulated = std::filesystem::weakly_canonical(address.where, unknown).string().starts_with("/dev/pts/");
    way_out = emulated ? fmt::format("it is a module of {}; do this as that user: sudo -u USER quasimodem ...",
                                     foreign_owner(address.where).value_or("another user"))
                       : "serial devices belong to the group dialout: sudo adduser $USER dialout";
  }
  if (problem == ENOENT) {
    way_out = "plugged in? The devices that there are: ls /dev/ttyUSB* /dev/ttyACM* /dev/ttyS*";
  }
  cannot_open(address, std::strerror(problem), way_out);
}

int open_terminal(const LineAddress& address) {
  Descriptor device{::open(address.where.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (device.get() < 0) cannot_open_device(address, errno);
  termios settings{};
  if (::tcgetattr(device.get(), &settings) != 0) cannot_open(address, "not a terminal device");
  if (::flock(device.get(), LOCK_EX | LOCK_NB) != 0) {
    cannot_open(address, "another program has locked it", "end that program first");
  }
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  ::cfsetspeed(&settings, speed_of(address.baud).value_or(B115200));
  ::tcsetattr(device.get(), TCSANOW, &settings);
  return device.release();
}

int connect_to(const LineAddress& address, int domain, const sockaddr* peer, socklen_t size) {
  Descriptor socket{::socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (socket.get() < 0 || ::connect(socket.get(), peer, size) != 0) {
    throw Problem{ExitCode::environment, fmt::format("cannot connect to {}: {}", address.text(), std::strerror(errno)),
                  "is something listening there?"};
  }
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  return socket.release();
}

int open_tcp(const LineAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int result = ::getaddrinfo(address.where.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (result != 0) cannot_open(address, ::gai_strerror(result), "check the host's name");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found{list, &::freeaddrinfo};
  const int socket = connect_to(address, found->ai_family, found->ai_addr, found->ai_addrlen);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

int open_unix(const LineAddress& address) {
  sockaddr_un peer{};
  peer.sun_family = AF_UNIX;
  if (address.where.size() >= sizeof peer.sun_path) cannot_open(address, "the path is too long for a socket");
  address.where.copy(peer.sun_path, address.where.size());
  return connect_to(address, AF_UNIX, reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
}

}  // namespace

int open_line(const LineAddress& address) {
  switch (address.kind) {
    case LineAddress::Kind::terminal: return open_terminal(address);
    case LineAddress::Kind::tcp:
    case LineAddress::Kind::rfc2217: return open_tcp(address);
    case LineAddress::Kind::unix_socket: return open_unix(address);
  }
  return -1;
}

}  // namespace quasimodem::app
