// SPDX-License-Identifier: Apache-2.0
#include "tests/net/host_world.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/catch.hpp"

namespace quasimodem::net::testing {
namespace {

constexpr IpAddress kLoopback{{127, 0, 0, 1}};
// Far more than any test needs; only there so that a mistake does not hang for ever.
constexpr auto kWatchdog = std::chrono::seconds{30};
constexpr auto kTurn = std::chrono::milliseconds{1};
// Small, so that a peer that does not read is noticed soon.
constexpr int kReceiveBuffer = 32 * 1024;

sockaddr_in socket_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

/// A socket bound to a free port of the loopback interface.
int bound_socket(int type) {
  const int socket = ::socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  REQUIRE(socket != -1);
  auto address = socket_address(0);
  REQUIRE(::bind(socket, generic(address), sizeof address) == 0);
  return socket;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(socket, generic(address), &size) == 0);
  return ntohs(address.sin_port);
}

}  // namespace

/// A connected TCP socket, or a UDP socket and the one it answers.
class HostFarEnd final : public FarEnd {
 public:
  explicit HostFarEnd(int socket) : socket_{socket} {}
  HostFarEnd(int socket, sockaddr_in module) : socket_{socket}, udp_{true}, module_{module} {}
  ~HostFarEnd() override {
    if (!udp_ && socket_ != -1) ::close(socket_);
  }

  Bytes received() const override { return received_; }
  std::vector<Bytes> datagrams() const override { return datagrams_; }
  using FarEnd::send;
  void send(ByteSpan data) override {
    if (udp_) {
      REQUIRE(::sendto(socket_, data.data(), data.size(), 0, generic(module_), sizeof module_) ==
              static_cast<ssize_t>(data.size()));
      return;
    }
    append(queue_, data);
    turn();
  }
  void close() override {
    closing_ = true;
    turn();
  }
  void reset() override {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(socket_);
    socket_ = -1;
  }
  void stop_reading() override { reading_ = false; }
  void resume_reading() override { reading_ = true; }
  End ended() const override { return end_; }
  std::size_t unsent() const override { return queue_.size(); }

  bool is(const sockaddr_in& module) const {
    return udp_ && module.sin_port == module_.sin_port && module.sin_addr.s_addr == module_.sin_addr.s_addr;
  }
  void take(Bytes datagram) { datagrams_.push_back(std::move(datagram)); }

  void turn() {
    if (udp_ || socket_ == -1) return;
    write_some();
    while (reading_ && end_ == End::none && read_some()) {
    }
  }

 private:
  void write_some() {
    while (!queue_.empty()) {
      const auto count = ::send(socket_, queue_.data(), queue_.size(), MSG_NOSIGNAL);
      if (count == -1 && errno != EAGAIN) end_ = End::reset;
      if (count <= 0) return;
      queue_.erase(queue_.begin(), queue_.begin() + count);
    }
    if (closing_) ::shutdown(socket_, SHUT_WR);
    closing_ = false;
  }

  bool read_some() {
    std::array<std::uint8_t, 65536> block{};
    const auto count = ::recv(socket_, block.data(), block.size(), 0);
    if (count > 0) append(received_, ByteSpan{block}.first(static_cast<std::size_t>(count)));
    if (count == 0) end_ = End::in_order;
    if (count == -1 && errno != EAGAIN) end_ = End::reset;
    return count > 0;
  }

  int socket_;
  bool udp_ = false;
  sockaddr_in module_{};
  Bytes received_;
  std::vector<Bytes> datagrams_;
  Bytes queue_;
  bool reading_ = true;
  bool closing_ = false;
  End end_ = End::none;
};

class HostListener {
 public:
  explicit HostListener(Transport transport)
      : transport_{transport}, socket_{bound_socket(transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM)} {
    if (transport == Transport::udp) return;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
    REQUIRE(::listen(socket_, 100) == 0);
  }
  ~HostListener() { ::close(socket_); }
  HostListener(const HostListener&) = delete;
  HostListener& operator=(const HostListener&) = delete;

  std::uint16_t port() const { return port_of(socket_); }

  void turn(std::vector<std::unique_ptr<HostFarEnd>>& far_ends) {
    if (transport_ == Transport::udp) return take_datagrams(far_ends);
    int accepted = -1;
    while ((accepted = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
      far_ends.push_back(std::make_unique<HostFarEnd>(accepted));
    }
  }

 private:
  void take_datagrams(std::vector<std::unique_ptr<HostFarEnd>>& far_ends) {
    Bytes block(65536);
    sockaddr_in from{};
    socklen_t size = sizeof from;
    ssize_t count = 0;
    while ((count = ::recvfrom(socket_, block.data(), block.size(), 0, generic(from), &size)) >= 0) {
      auto known = std::find_if(far_ends.begin(), far_ends.end(), [&](const auto& far) { return far->is(from); });
      if (known == far_ends.end()) known = far_ends.insert(known, std::make_unique<HostFarEnd>(socket_, from));
      (*known)->take({block.begin(), block.begin() + count});
    }
  }

  const Transport transport_;
  const int socket_;
};

HostWorld::HostWorld(BearerRules rules, Logger log) : look_up_{std::make_shared<AsioBearer::LookUp>()} {
  set_look_up([](const std::string& name) -> Bearer::Addresses {
    if (name == "peer.test") return std::vector{kLoopback};
    return tl::unexpected{NetError::name_not_found};
  });
  bearer_ = std::make_unique<AsioBearer>(
      io_, std::move(rules), [this](const std::function<void()>& body) { enter(body); }, std::move(log),
      [look_up = look_up_](const std::string& name) { return (*look_up)(name); });
}

HostWorld::~HostWorld() {
  bearer_.reset();
  for (const auto socket : reserved_) ::close(socket);
}

Endpoint HostWorld::listen(Transport transport) {
  listeners_.push_back(std::make_unique<HostListener>(transport));
  return {kLoopback, listeners_.back()->port()};
}

Endpoint HostWorld::nobody() {
  // Bound but not listening: nobody else can take the port, and it refuses.
  reserved_.push_back(bound_socket(SOCK_STREAM));
  return {kLoopback, port_of(reserved_.back())};
}

FarEnd* HostWorld::accepted(std::size_t n) { return n < far_ends_.size() ? far_ends_[n].get() : nullptr; }

bool HostWorld::run_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kWatchdog;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    turn();
  }
  return true;
}

void HostWorld::enter(const std::function<void()>& body) {
  CHECK_FALSE(inside_);
  inside_ = true;
  timeline_.run_due();
  body();
  timeline_.run_due();
  inside_ = false;
}

void HostWorld::turn() {
  io_.run_one_for(kTurn);
  io_.poll();
  for (const auto& listener : listeners_) listener->turn(far_ends_);
  for (const auto& far : far_ends_) far->turn();
}

}  // namespace quasimodem::net::testing
