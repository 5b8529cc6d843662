// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <list>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/log.hpp"
#include "core/random.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/module.hpp"
#include "tests/bench/terminal.hpp"
#include "tls/testing/server_session.hpp"

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

Descriptor listener() {
  Descriptor listening{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = loopback(0);
  if (::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listening.get(), 16) != 0) {
    fail_with_errno("listening");
  }
  return listening;
}

std::uint16_t port_of(const Descriptor& listening) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listening.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

void no_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Descriptor connected_to(std::uint16_t port) {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = loopback(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail_with_errno("connecting");
  }
  no_delay(socket.get());
  return socket;
}

// ---- what the far end does
// --------------------------------------------------------------------------------------------

/// Carries out a Habit for one connection, whatever lies below.
class Application {
 public:
  Application(Habit habit, std::size_t total, int report) : habit_{habit}, total_{total}, report_{report} {}

  void received(ByteSpan bytes) {
    switch (habit_) {
      case Habit::echo: append(echo_, bytes); break;
      case Habit::sink: take(bytes); break;
      case Habit::source: sending_ = true; break;
    }
  }

  /// What it wants to send now.
  ByteSpan outgoing() const {
    if (habit_ == Habit::echo) return echo_;
    if (habit_ != Habit::source || !sending_) return {};
    return pattern_.next(std::min(kPiece, total_ - pattern_.position()));
  }
  void sent(std::size_t size) {
    if (habit_ == Habit::source) return pattern_.advance(size);
    echo_.erase(echo_.begin(), echo_.begin() + static_cast<std::ptrdiff_t>(size));
  }

 private:
  void take(ByteSpan bytes) {
    try {
      pattern_.compare(bytes);
      if (pattern_.position() < total_) return;
      write_all(report_, as_bytes({&kArrived, 1}));
    } catch (const Failure& failure) {
      fmt::print(stderr, "sink: {}\n", failure.what());
      write_all(report_, as_bytes({&kWrong, 1}));
    }
    pattern_ = {};  // for another round
  }

  Habit habit_;
  std::size_t total_;
  int report_;
  Pattern pattern_;
  Bytes echo_;
  bool sending_ = false;
};

/// One connection of a Peer.
class Visit {
 public:
  Visit(Descriptor socket, std::unique_ptr<tls::ServerSession> session, Application application)
      : socket_{std::move(socket)}, session_{std::move(session)}, application_{std::move(application)} {}

  int descriptor() const { return socket_.get(); }
  bool wants_to_write() const { return !unsent_.empty() || !application_.outgoing().empty(); }

  /// False when the connection is over.
  bool readable() {
    std::array<std::uint8_t, 65536> piece;
    const auto size = ::recv(socket_.get(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (size < 0) return errno == EAGAIN;
    if (size == 0) return false;
    hear({piece.data(), static_cast<std::size_t>(size)});
    return writable();
  }

  bool writable() {
    for (;;) {
      if (unsent_.empty()) fill();
      if (unsent_.empty()) return true;
      const auto size = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (size < 0) return errno == EAGAIN;
      unsent_.erase(unsent_.begin(), unsent_.begin() + size);
    }
  }

 private:
  void hear(ByteSpan bytes) {
    if (!session_) return application_.received(bytes);
    session_->feed(bytes);
    for (auto plain = session_->read(kPiece); !plain.empty(); plain = session_->read(kPiece)) {
      application_.received(plain);
    }
    append(unsent_, session_->take_outgoing());
  }

  void fill() {
    const auto bytes = application_.outgoing();
    if (bytes.empty()) return;
    const auto portion = bytes.first(std::min(bytes.size(), kPiece));
    if (session_ && !session_->write(portion)) return;
    unsent_ = session_ ? session_->take_outgoing() : Bytes{portion.begin(), portion.end()};
    application_.sent(portion.size());
  }

  Descriptor socket_;
  std::unique_ptr<tls::ServerSession> session_;
  Application application_;
  Bytes unsent_;
};

/// The life of a Peer's process.
void serve(int listening, Peer::Protocol protocol, const std::function<Application()>& application) {
  SeededRandom random{3};
  tls::ServerConfig config;
  config.certificate = certificate("server.crt");
  config.key = certificate("server.key");
  std::list<Visit> visits;
  for (;;) {
    std::vector<pollfd> states{{listening, POLLIN, 0}};
    for (const auto& visit : visits) {
      states.push_back({visit.descriptor(), static_cast<short>(visit.wants_to_write() ? POLLIN | POLLOUT : POLLIN), 0});
    }
    if (::poll(states.data(), states.size(), -1) < 0) fail_with_errno("poll");

    auto state = states.begin() + 1;
    for (auto visit = visits.begin(); visit != visits.end(); ++state) {
      const bool goes_on = (!(state->revents & (POLLIN | POLLHUP | POLLERR)) || visit->readable()) &&
                           (!(state->revents & POLLOUT) || visit->writable());
      visit = goes_on ? std::next(visit) : visits.erase(visit);
    }
    if (!(states.front().revents & POLLIN)) continue;
    Descriptor socket{::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC)};
    if (socket.get() < 0) continue;
    no_delay(socket.get());
    std::unique_ptr<tls::ServerSession> session;
    if (protocol == Peer::Protocol::tls) {
      auto made = tls::ServerSession::create(config, random, Logger{});
      if (!made) throw Failure{made.error().reason};
      session = std::move(*made);
    }
    visits.emplace_back(std::move(socket), std::move(session), application());
  }
}

// ---- at the other end of a pty
// ----------------------------------------------------------------------------------------

/// Waits with epoll, as the module does: the yardstick is a program of the same kind, not a faster system call.
class Watch {
 public:
  explicit Watch(int fd) : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, fd_{fd} {
    epoll_event event{};
    event.events = EPOLLIN;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
  ByteSpan read() {
    epoll_event event{};
    while (::epoll_wait(epoll_.get(), &event, 1, -1) < 1) continue;
    const auto size = ::read(fd_, piece_.data(), piece_.size());
    return {piece_.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  Descriptor epoll_;
  int fd_;
  std::array<std::uint8_t, kPtyPiece> piece_{};
};

void answer_lines(int master) {
  Watch watch{master};
  Bytes answers;
  for (;;) {
    const auto bytes = watch.read();
    answers.clear();
    for (auto lines = std::count(bytes.begin(), bytes.end(), '\r'); lines > 0; --lines) append(answers, "\r\nOK\r\n");
    write_all(master, answers);
  }
}

void run_habit(int master, Application application) {
  Watch watch{master};
  for (;;) {
    application.received(watch.read());
    for (auto bytes = application.outgoing(); !bytes.empty(); bytes = application.outgoing()) {
      const auto piece = bytes.first(std::min(bytes.size(), kPtyPiece));
      write_all(master, piece);
      application.sent(piece.size());
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

Child started_peer(const Pipe& report, std::uint16_t& port, Peer::Protocol protocol, Habit habit, std::size_t total) {
  const auto listening = listener();
  port = port_of(listening);
  return Child{[&] {
    serve(listening.get(), protocol, [&] { return Application{habit, total, report.writing.get()}; });
  }};
}

}  // namespace

Peer::Peer(Protocol protocol, Habit habit, std::size_t total)
    : process_{started_peer(report_, port_, protocol, habit, total)} {}

bool Peer::all_arrived() { return reported(report_); }

PtyBystander::PtyBystander(Bystander kind, std::size_t total)
    : process_{[&, this] {
        const int master = pty_.master.get();
        if (kind == Bystander::answers_lines) return answer_lines(master);
        const auto habit = kind == Bystander::sink ? Habit::sink : Habit::source;
        run_habit(master, Application{habit, total, report_.writing.get()});
      }} {}

bool PtyBystander::all_arrived() { return reported(report_); }

PtyRelay::PtyRelay(std::uint16_t port) : process_{[&, this] { relay(pty_.master.get(), port); }} {}

}  // namespace quasimodem::bench
