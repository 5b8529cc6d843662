// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>

#include "emulator/app/cli/doctor/report.hpp"

namespace quasimodem::app {
namespace {

using Verdict = Finding::Verdict;

constexpr std::string_view kMessage = "AT";

/// A socket that gives up after two seconds. Every call returns false when it failed; errno says why.
class Socket {
 public:
  explicit Socket(int type) : descriptor_{::socket(AF_INET, type | SOCK_CLOEXEC, 0)} { be_impatient(); }
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool bind_to_loopback() {
    const auto any = address(INADDR_LOOPBACK, 0);
    return ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
  }
  bool listen() { return ::listen(descriptor_, 1) == 0; }
  bool connect(const sockaddr_in& to) {
    return ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  bool accept(Socket& listener) {
    ::close(descriptor_);
    descriptor_ = ::accept4(listener.descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
    be_impatient();
    return descriptor_ >= 0;
  }
  bool send_message() { return ::send(descriptor_, kMessage.data(), kMessage.size(), MSG_NOSIGNAL) == 2; }
  bool receive_message() {
    std::array<char, 8> buffer{};
    const auto size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    return size >= 0 && std::string_view{buffer.data(), static_cast<std::size_t>(size)} == kMessage;
  }

  sockaddr_in local() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &size);
    return own;
  }

  static sockaddr_in address(in_addr_t host, in_port_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(host);
    address.sin_port = htons(port);
    return address;
  }

 private:
  void be_impatient() {
    const timeval limit{2, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  int descriptor_;
};

Finding loopback(const char* subject, bool works, const char* detail) {
  if (works) return {.subject = subject, .detail = detail};
  return {.subject = subject,
          .verdict = Verdict::broken,
          .detail = fmt::format("the loopback interface: {}", std::generic_category().message(errno)),
          .way_out = "bring it up: ip link set lo up"};
}

}  // namespace

Finding check_tcp() {
  Socket listener{SOCK_STREAM}, client{SOCK_STREAM}, server{SOCK_STREAM};
  const bool works = listener.bind_to_loopback() && listener.listen() && client.connect(listener.local()) &&
                     server.accept(listener) && client.send_message() && server.receive_message();
  return loopback("TCP", works, "listening and connecting on 127.0.0.1");
}

Finding check_udp() {
  Socket server{SOCK_DGRAM}, client{SOCK_DGRAM};
  const bool works =
      server.bind_to_loopback() && client.connect(server.local()) && client.send_message() && server.receive_message();
  return loopback("UDP", works, "datagrams on 127.0.0.1");
}

Finding check_route() {
  constexpr in_addr_t kSomewhere = 0xC6336401;  // 198.51.100.1, documentation (RFC 5737)
  Socket socket{SOCK_DGRAM};
  // For UDP this only looks the route up.
  if (!socket.connect(Socket::address(kSomewhere, 9))) {
    return {
        .subject = "route",
        .verdict = Verdict::limited,
        .detail = fmt::format("none ({}): modules reach this machine only", std::generic_category().message(errno))};
  }
  std::array<char, INET_ADDRSTRLEN> text{};
  const auto own = socket.local();
  ::inet_ntop(AF_INET, &own.sin_addr, text.data(), text.size());
  return {.subject = "route", .detail = fmt::format("to other networks, from {}", text.data())};
}

}  // namespace quasimodem::app
