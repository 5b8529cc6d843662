// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peers.hpp"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"
#include "tests/bench/module.hpp"

namespace quasimodem::bench {
namespace {

constexpr char kArrived = '1';
constexpr char kWrong = '0';
constexpr std::size_t kPiece = 16384;
constexpr std::size_t kPtyPiece = 4096;  // a pty never gives more at a time

// ---- TCP
// -------------------------------------------------------------------------------------------------------------

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Descriptor tcp_socket() { return Descriptor{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}; }

Descriptor listener() {
  auto socket = tcp_socket();
  const auto address = loopback(0);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), 16) != 0) {
    fail_with_errno("listening");
  }
  return socket;
}

std::uint16_t port_of(const Descriptor& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::uint16_t free_port() { return port_of(listener()); }

void no_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Waits until somebody listens there.
Descriptor connected_to(std::uint16_t port) {
  const auto address = loopback(port);
  for (int attempt = 0; attempt < 500; ++attempt) {
    auto socket = tcp_socket();
    no_delay(socket.get());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
    ::poll(nullptr, 0, 10);
  }
  throw Failure{fmt::format("nobody listens at port {}", port)};
}

// ---- what the far end does
// --------------------------------------------------------------------------------------------

/// Carries out a Habit, whatever lies below.
class Application {
 public:
  Application(Habit habit, std::size_t total, int report) : habit_{habit}, total_{total}, report_{report} {
    pattern_.advance(habit == Habit::source ? total_ : 0);  // not asked for yet
  }

  void received(ByteSpan bytes) {
    switch (habit_) {
      case Habit::answer_lines: answer(std::count(bytes.begin(), bytes.end(), '\r')); break;
      case Habit::echo: append(answers_, bytes); break;
      case Habit::sink: take(bytes); break;
      case Habit::source: count(bytes.size()); break;
    }
  }

  /// What it wants to send now.
  ByteSpan outgoing() const {
    return habit_ == Habit::source ? pattern_.next(std::min(kPiece, total_ - pattern_.position())) : ByteSpan{answers_};
  }
  void sent(std::size_t size) {
    if (habit_ == Habit::source) return pattern_.advance(size);
    answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(size));
  }

 private:
  void answer(std::ptrdiff_t lines) {
    for (; lines > 0; --lines) append(answers_, "\r\nOK\r\n");
  }

  void count(std::size_t size) {
    trigger_ += size;
    if (trigger_ < kTrigger) return;
    trigger_ -= kTrigger;
    pattern_ = {};
  }

  void take(ByteSpan bytes) {
    try {
      pattern_.compare(bytes);
      if (pattern_.position() < total_) return;
      write_all(report_, as_bytes({&kArrived, 1}));
    } catch (const Failure& failure) {
      fmt::print(stderr, "sink: {}\n", failure.what());
      write_all(report_, as_bytes({&kWrong, 1}));
    }
    pattern_ = {};
  }

  Habit habit_;
  std::size_t total_;
  int report_;
  Pattern pattern_;
  Bytes answers_;
  std::size_t trigger_ = 0;
};

/// The life of a far end. It waits with epoll, as the module does: the yardstick is a program of the same kind, not a
/// shorter way through the kernel.
void live(int in, int out, Application application) {
  const Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
  epoll_event event{};
  event.events = EPOLLIN;
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, in, &event);
  std::array<std::uint8_t, 65536> piece;
  for (;;) {
    if (::epoll_wait(epoll.get(), &event, 1, -1) < 1) continue;
    const auto size = ::read(in, piece.data(), piece.size());
    if (size <= 0) return;  // a pty without a host says EIO
    application.received({piece.data(), static_cast<std::size_t>(size)});
    for (auto bytes = application.outgoing(); !bytes.empty(); bytes = application.outgoing()) {
      write_all(out, bytes);
      application.sent(bytes.size());
    }
  }
}

void relay(int master, std::uint16_t port) {
  const auto socket = connected_to(port);
  std::array<std::uint8_t, kPtyPiece> piece;
  for (;;) {
    pollfd states[]{{master, POLLIN, 0}, {socket.get(), POLLIN, 0}};
    if (::poll(states, 2, -1) < 0) fail_with_errno("poll");
    for (int i = 0; i < 2; ++i) {
      if (!(states[i].revents & POLLIN)) continue;
      const auto size = ::read(states[i].fd, piece.data(), piece.size());
      if (size > 0) write_all(states[1 - i].fd, {piece.data(), static_cast<std::size_t>(size)});
    }
  }
}

bool reported(const Pipe& report) {
  char answer = kWrong;
  if (::read(report.reading.get(), &answer, 1) != 1) fail_with_errno("waiting for the far end");
  return answer == kArrived;
}

Child openssl(std::uint16_t port, const std::vector<std::string>& more_options, int stdout_fd, int stdin_fd) {
  std::vector<std::string> command{"openssl",   "s_server",    "-accept", std::to_string(port),
                                   "-cert",     certificate_path("server.crt"),
                                   "-key",      certificate_path("server.key"),
                                   "-tls1_2",   "-cipher",     kOpensslCipher,
                                   "-no_ticket", "-no_cache",  "-quiet"};
  command.insert(command.end(), more_options.begin(), more_options.end());
  return Child{command, stdout_fd, stdin_fd};
}

Child tcp_echo(std::uint16_t& port) {
  const auto listening = listener();
  port = port_of(listening);
  return Child{[&] {
    const Descriptor socket{::accept(listening.get(), nullptr, nullptr)};
    no_delay(socket.get());
    live(socket.get(), socket.get(), Application{Habit::echo, 0, -1});
  }};
}

}  // namespace

OpensslServer::OpensslServer(const std::vector<std::string>& more_options, int stdout_fd, int stdin_fd)
    : port_{free_port()}, process_{openssl(port_, more_options, stdout_fd, stdin_fd)} {
  connected_to(port_);
}

TlsPeer::TlsPeer(Habit habit, std::size_t total)
    : server_{{}, received_.writing.get(), to_send_.reading.get()}, process_{[&, this] {
        live(received_.reading.get(), to_send_.writing.get(), Application{habit, total, report_.writing.get()});
      }} {}

bool TlsPeer::all_arrived() { return reported(report_); }

PtyPeer::PtyPeer(Habit habit, std::size_t total)
    : process_{[&, this] {
        live(pty_.master.get(), pty_.master.get(), Application{habit, total, report_.writing.get()});
      }} {}

bool PtyPeer::all_arrived() { return reported(report_); }

EchoThroughTcp::EchoThroughTcp()
    : far_end_{tcp_echo(port_)}, relay_{[this] { relay(pty_.master.get(), port_); }} {}

}  // namespace quasimodem::bench
