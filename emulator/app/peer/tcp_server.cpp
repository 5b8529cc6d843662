// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/tcp_server.hpp"

#include <array>
#include <chrono>
#include <poll.h>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long a client may take to end its side after we ended ours.
constexpr auto kDrainTime = std::chrono::seconds{5};

// How often a stalled connection is asked whether the client is still there.
constexpr auto kLookInterval = std::chrono::milliseconds{100};

/// The socket under one Conversation.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Ended = std::function<void(const Conversation& talk)>;

  Connection(asio::io_context& io, tcp::socket socket, std::unique_ptr<Conversation> talk, Ended ended)
      : io_{io}, socket_{std::move(socket)}, timer_{io}, talk_{std::move(talk)}, ended_{std::move(ended)} {}

  void start() {
    error_code ignored;
    socket_.set_option(tcp::no_delay{true}, ignored);
    talk_->when_outgoing([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && !self->io_.stopped()) self->settle();  // what goes with the io_context has no more to say
    });
    talk_->start();
    settle();
  }

 private:
  enum class Phase { talking, stalled, draining, gone };

  void settle() {
    if (phase_ != Phase::talking) return;
    if (writing_.empty()) write();
    if (writing_.empty()) {
      switch (talk_->wish()) {
        case Conversation::Wish::go_on: break;
        case Conversation::Wish::stall: return stall();
        case Conversation::Wish::end: return drain();
        case Conversation::Wish::cut: return cut();
      }
    }
    if (talk_->wants_input()) read();
  }

  void write() {
    writing_ = talk_->take_outgoing();
    if (writing_.empty()) return;
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        self->writing_.clear();
                        if (error) return self->gone("reset by the client");
                        self->settle();
                      });
  }

  void read() {
    if (std::exchange(reading_, true)) return;
    socket_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](const error_code& error, std::size_t n) {
      self->reading_ = false;
      if (error) return self->read_failed(error);
      if (self->phase_ == Phase::draining) return self->read();
      if (self->phase_ != Phase::talking) return;
      self->talk_->receive({self->piece_.data(), n});
      self->settle();
    });
  }

  void read_failed(const error_code& error) {
    if (phase_ == Phase::draining || error != asio::error::eof) return gone("reset by the client");
    talk_->input_ended();
    settle();
  }

  /// Ends our side and waits for the client's end: closing with something unread would make the operating system send a
  /// reset, which can take away from the client what it has not read yet.
  void drain() {
    phase_ = Phase::draining;
    error_code error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    if (error) return gone("reset by the client");
    timer_.expires_after(kDrainTime);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->gone("");
    });
    read();
  }

  void cut() {
    error_code ignored;
    socket_.set_option(tcp::socket::linger{true, 0}, ignored);
    gone("");
  }

  /// Reads nothing, so that the client's window closes. Its end cannot be read then either, but the system knows of it.
  void stall() {
    phase_ = Phase::stalled;
    pollfd state{socket_.native_handle(), POLLRDHUP, 0};
    if (::poll(&state, 1, 0) != 0) return gone("");
    timer_.expires_after(kLookInterval);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled && self->phase_ == Phase::stalled) self->stall();
    });
  }

  void gone(const std::string& how) {
    if (std::exchange(phase_, Phase::gone) == Phase::gone) return;
    error_code ignored;
    timer_.cancel();
    socket_.close(ignored);
    talk_->gone(how);
    ended_(*talk_);
  }

  asio::io_context& io_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<Conversation> talk_;
  Ended ended_;
  Phase phase_ = Phase::talking;
  bool reading_ = false;
  Bytes writing_;
  std::array<std::uint8_t, 16384> piece_{};
};

net::Endpoint endpoint_of(const tcp::endpoint& endpoint) {
  return {net::IpAddress{endpoint.address().to_v4().to_bytes()}, endpoint.port()};
}

}  // namespace

TcpServer::TcpServer(asio::io_context& io, const net::Endpoint& address, const Events& events, const Logger& log) {
  tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4{address.address.octets}, address.port}};
  address_ = endpoint_of(acceptor.local_endpoint());
  clients_ = std::make_shared<net::AcceptLoop<tcp>>(io, std::move(acceptor), log);
  clients_->start([&io, events, log](tcp::socket socket) {
    error_code left_already;
    const Ends ends{endpoint_of(socket.local_endpoint(left_already)),
                    endpoint_of(socket.remote_endpoint(left_already))};
    const auto ended = [events, log, who = ends.client.text()](const Conversation& talk) {
      log.info("{}: {}", who, talk.summary());
      events.ended();
    };
    std::make_shared<Connection>(io, std::move(socket), events.met(ends), ended)->start();
  });
}

}  // namespace quasimodem::app
