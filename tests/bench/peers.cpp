// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peers.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "core/log.hpp"
#include "core/random.hpp"
#include "tests/bench/module.hpp"
#include "tls/client_session.hpp"
#include "tls/server/server_session.hpp"

namespace quasimodem::bench {
namespace {

constexpr std::size_t kPiece = 16384;
constexpr std::size_t kPtyPiece = 4096;  // a pty never gives more at a time
constexpr int kSilence_ms = 300;         // longer than the module waits for the rest of a packet

// ---- TCP

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

/// What goes through the pipe of a sink; a source that encrypts ahead tells in the same way that it is ready.
struct Arrival {
  bool good = false;
  Stopwatch::Instant at;
};

/// Carries out a Habit, whatever lies below.
class Application {
 public:
  Application(Habit habit, std::size_t total, int report) : habit_{habit}, total_{total}, report_{report} {
    pattern_.advance(habit == Habit::source ? total_ : 0);  // not asked for yet
  }

  Habit habit() const { return habit_; }

  void received(ByteSpan bytes, Stopwatch::Instant at) {
    switch (habit_) {
      case Habit::answer_lines: answer(std::count(bytes.begin(), bytes.end(), '\r')); break;
      case Habit::echo: append(answers_, bytes); break;
      case Habit::sink: take(bytes, at); break;
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

  void report(bool good, Stopwatch::Instant at) const {
    const Arrival arrival{good, at};
    write_all(report_, {reinterpret_cast<const std::uint8_t*>(&arrival), sizeof arrival});
  }

 private:
  void answer(std::ptrdiff_t lines) {
    for (; lines > 0; --lines) append(answers_, "\r\nOK\r\n");
  }

  void count(std::size_t size) {
    trigger_ += size;
    if (trigger_ < kPacket) return;
    trigger_ -= kPacket;
    pattern_ = {};
  }

  void take(ByteSpan bytes, Stopwatch::Instant at) {
    bool good = true;
    try {
      pattern_.compare(bytes);
      if (pattern_.position() < total_) return;
    } catch (const Failure& failure) {
      fmt::print(stderr, "sink: {}\n", failure.what());
      good = false;
    }
    report(good, at);
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
    application.received({piece.data(), static_cast<std::size_t>(size)}, Stopwatch::Clock::now());
    for (auto bytes = application.outgoing(); !bytes.empty(); bytes = application.outgoing()) {
      write_all(out, bytes);
      application.sent(bytes.size());
    }
  }
}

// ---- the same with TLS

class TlsVisit {
 public:
  TlsVisit(Descriptor socket, std::unique_ptr<tls::ServerSession> session, const Application& application)
      : socket_{std::move(socket)}, session_{std::move(session)}, application_{application} {}

  /// Until the client goes away.
  void live() {
    while (session_->state() == State::handshaking && receive()) {
      session_->feed(std::exchange(ciphertext_, {}));
      send(session_->take_outgoing());
    }
    while (session_->state() == State::connected) {
      const auto ahead = application_.habit() == Habit::source ? encrypted_ahead() : Bytes{};
      if (!receive()) return;
      if (application_.habit() == Habit::sink) receive_until_silence();
      hear();
      send(ahead.empty() ? encrypted() : ahead);
    }
  }

 private:
  using State = tls::ServerSession::State;

  /// False when the client is gone.
  bool receive() {
    const auto filled = ciphertext_.size();
    ciphertext_.resize(filled + 65536);
    const auto size = ::recv(socket_.get(), ciphertext_.data() + filled, 65536, 0);
    ciphertext_.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    last_ = Stopwatch::Clock::now();
    return size > 0;
  }

  void receive_until_silence() {
    pollfd state{socket_.get(), POLLIN, 0};
    while (::poll(&state, 1, kSilence_ms) > 0 && receive()) continue;
  }

  void hear() {
    session_->feed(std::exchange(ciphertext_, {}));
    for (auto plain = session_->read(kPiece); !plain.empty(); plain = session_->read(kPiece)) {
      application_.received(plain, last_);
    }
  }

  /// A source does not know what triggers it: it has been asked, and has its answer ready, before that.
  Bytes encrypted_ahead() {
    application_.received(Bytes(kPacket), {});
    auto all = encrypted();
    application_.report(true, Stopwatch::Clock::now());
    return all;
  }

  Bytes encrypted() {
    Bytes all;
    for (auto bytes = application_.outgoing(); !bytes.empty(); bytes = application_.outgoing()) {
      const auto portion = bytes.first(std::min(bytes.size(), kPiece));
      if (!session_->write(portion)) break;
      append(all, session_->take_outgoing());
      application_.sent(portion.size());
    }
    return all;
  }

  void send(ByteSpan bytes) { write_all(socket_.get(), bytes); }

  Descriptor socket_;
  std::unique_ptr<tls::ServerSession> session_;
  Application application_;
  Bytes ciphertext_;
  Stopwatch::Instant last_{};
};

void serve_tls(int listening, const Application& application) {
  SeededRandom random{3};
  tls::ServerConfig config;
  config.certificate = certificate("server.crt");
  config.key = certificate("server.key");
  for (;;) {
    Descriptor socket{::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC)};
    if (socket.get() < 0) continue;
    no_delay(socket.get());
    auto session = tls::ServerSession::create(config, random, Logger{});
    if (!session) throw Failure{session.error().reason};
    TlsVisit{std::move(socket), std::move(*session), application}.live();
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

Child tcp_echo(std::uint16_t& port) {
  const auto listening = listener();
  port = port_of(listening);
  return Child{[&] {
    const Descriptor socket{::accept(listening.get(), nullptr, nullptr)};
    no_delay(socket.get());
    live(socket.get(), socket.get(), Application{Habit::echo, 0, -1});
  }};
}

void write_pattern(int fd, std::size_t total) {
  Pattern pattern;
  while (pattern.position() < total) {
    const auto piece = pattern.next(std::min(kPiece, total - pattern.position()));
    write_all(fd, piece);
    pattern.advance(piece.size());
  }
}

Child tcp_source(std::uint16_t& port, std::size_t total) {
  const auto listening = listener();
  port = port_of(listening);
  return Child{[&] {
    const Descriptor socket{::accept(listening.get(), nullptr, nullptr)};
    no_delay(socket.get());
    std::array<std::uint8_t, kPiece> asked;
    while (::read(socket.get(), asked.data(), asked.size()) > 0) write_pattern(socket.get(), total);
  }};
}

// ---- services

void serve_http(int fd, std::size_t total) {
  std::array<std::uint8_t, kPiece> piece;
  std::string asked;
  for (ssize_t size = 0; (size = ::read(fd, piece.data(), piece.size())) > 0;) {
    asked += as_text(ByteSpan{piece.data(), static_cast<std::size_t>(size)});
    if (asked.find("\r\n\r\n") == std::string::npos) continue;
    asked.clear();
    write_all(fd, as_bytes(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", total)));
    write_pattern(fd, total);
  }
}

std::string ftp_answer(std::string_view verb, std::uint16_t data_port) {
  if (verb == "USER") return "331 Password";
  if (verb == "PASS") return "230 Welcome";
  if (verb == "PASV") return fmt::format("227 Entering (127,0,0,1,{},{})", data_port / 256, data_port % 256);
  if (verb == "CWD ") return "250 There";
  return verb == "QUIT" ? "221 Bye" : "200 Yes";
}

void serve_ftp(int fd, std::size_t total) {
  const auto say = [fd](const std::string& words) { write_all(fd, as_bytes(words + "\r\n")); };
  const auto data = listener();
  say("220 Ready");
  std::string line;
  for (char c = 0; ::read(fd, &c, 1) == 1;) {
    line += c;
    if (!line.ends_with("\r\n")) continue;
    const auto verb = std::exchange(line, {}).substr(0, 4);
    if (verb != "RETR") {
      say(ftp_answer(verb, port_of(data)));
      continue;
    }
    const Descriptor socket{::accept(data.get(), nullptr, nullptr)};
    say("150 Here it comes");
    write_pattern(socket.get(), total);
    ::shutdown(socket.get(), SHUT_WR);
    say("226 Done");
  }
}

void serve_mqtt(int fd, std::size_t) {
  constexpr std::uint8_t kAccepted[] = {0x20, 2, 0, 0};
  std::array<std::uint8_t, kPiece> piece;
  if (::read(fd, piece.data(), piece.size()) > 0) write_all(fd, kAccepted);
  while (::read(fd, piece.data(), piece.size()) > 0) {
  }
}

Child service(ServicePeer::Kind kind, std::uint16_t& port, std::size_t total) {
  const auto listening = listener();
  port = port_of(listening);
  const auto serve = kind == ServicePeer::Kind::http  ? &serve_http
                     : kind == ServicePeer::Kind::ftp ? &serve_ftp
                                                      : &serve_mqtt;
  return Child{[&listening, serve, total] {
    for (;;) {
      const Descriptor socket{::accept(listening.get(), nullptr, nullptr)};
      no_delay(socket.get());
      try {
        serve(socket.get(), total);
      } catch (const Failure&) {
      }  // the module has left: the next connection
    }
  }};
}

void relay_tls(int master, std::uint16_t port) {
  SeededRandom random{4};
  tls::ClientConfig config;
  config.lowest = config.highest = tls::Version::tls1_2;
  config.suites = {tls::CipherSuite::rsa_aes_256_cbc_sha};
  const auto made = tls::ClientSession::create(config, random, Logger{});
  if (!made) throw Failure{made.error().reason};
  auto& session = **made;
  const auto socket = connected_to(port);
  std::array<std::uint8_t, kPiece> piece;
  session.start();
  write_all(socket.get(), session.take_outgoing());
  for (;;) {
    const bool connected = session.state() == tls::ClientSession::State::connected;
    pollfd states[]{{socket.get(), POLLIN, 0}, {master, POLLIN, 0}};
    if (::poll(states, connected ? 2 : 1, -1) < 0) fail_with_errno("poll");
    if (states[0].revents & POLLIN) {
      const auto size = ::read(socket.get(), piece.data(), piece.size());
      if (size <= 0) return;
      session.feed({piece.data(), static_cast<std::size_t>(size)});
      for (auto plain = session.read(kPiece); !plain.empty(); plain = session.read(kPiece)) write_all(master, plain);
    }
    if (states[1].revents & POLLIN) {
      const auto size = ::read(master, piece.data(), kPtyPiece);
      ByteSpan bytes{piece.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
      for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), kPacket))) {
        if (!session.write(bytes.first(std::min(bytes.size(), kPacket)))) throw Failure{"the TLS engine refuses"};
      }
    }
    if (session.outgoing_size() > 0) write_all(socket.get(), session.take_outgoing());
  }
}

Child tls_peer(std::uint16_t& port, const Application& application) {
  const auto listening = listener();
  port = port_of(listening);
  return Child{[&] { serve_tls(listening.get(), application); }};
}

Child openssl(std::uint16_t port) {
  return Child{{"openssl", "s_server", "-accept", std::to_string(port), "-cert", certificate_path("server.crt"), "-key",
                certificate_path("server.key"), "-tls1_2", "-cipher", OpensslServer::kCipher, "-no_ticket", "-no_cache",
                "-quiet", "-www"}};
}

}  // namespace

Stopwatch::Instant arrival_of(const Pipe& report) {
  Arrival arrival;
  if (::read(report.reading.get(), &arrival, sizeof arrival) != sizeof arrival) fail_with_errno("the far end");
  if (!arrival.good) throw Failure{"what arrived is not what was sent"};
  return arrival.at;
}

TlsPeer::TlsPeer(Habit habit, std::size_t total)
    : process_{tls_peer(port_, Application{habit, total, report_.writing.get()})} {}

OpensslServer::OpensslServer() : port_{port_of(listener())}, process_{openssl(port_)} { connected_to(port_); }

PtyPeer::PtyPeer(Habit habit, std::size_t total)
    : process_{[&, this] {
        live(pty_.master.get(), pty_.master.get(), Application{habit, total, report_.writing.get()});
      }} {}

EchoThroughTcp::EchoThroughTcp() : far_end_{tcp_echo(port_)}, relay_{[this] { relay(pty_.master.get(), port_); }} {}

PumpFromTcp::PumpFromTcp(std::size_t total)
    : far_end_{tcp_source(port_, total)}, relay_{[this] { relay(pty_.master.get(), port_); }} {}

ServicePeer::ServicePeer(Kind kind, std::size_t total) : process_{service(kind, port_, total)} {}

TlsRelay::TlsRelay(std::uint16_t port) : process_{[this, port] { relay_tls(pty_.master.get(), port); }} {}

}  // namespace quasimodem::bench
