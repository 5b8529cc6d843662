// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/core.h>

#include "emulator/app/base/problem.hpp"
#include "emulator/app/host/ports/stream_source.hpp"
#include "net/host/accept_loop.hpp"

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kFirstPause = std::chrono::milliseconds{100};
constexpr auto kLongestPause = std::chrono::milliseconds{2000};

OpenEnd end_of(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  socket.set_option(tcp::socket::keep_alive{true}, ignored);  // a TE whose machine died frees the port one day
  const int descriptor = socket.release(ignored);
  return {descriptor, descriptor};
}

HostAddress address_of(const tcp::endpoint& endpoint) { return {endpoint.address().to_string(), endpoint.port()}; }

// ---- the module listens ----

std::string way_out(const error_code& error, const HostAddress& address, const char* scheme) {
  const auto any_port = fmt::format("--uart {}:{}", scheme, HostAddress{address.host, 0}.text());
  if (error == asio::error::address_in_use) return fmt::format("another port, or any free one: {}", any_port);
  if (error == asio::error::access_denied)
    return fmt::format("ports below 1024 need rights; any free one: {}", any_port);
  return fmt::format("an address of this machine, for example --uart {}:127.0.0.1:{}", scheme, address.port);
}

tcp::acceptor open_acceptor(asio::io_context& io, const HostAddress& address, const char* scheme) {
  const auto fail = [&](const error_code& error) {
    throw Problem{ExitCode::environment,
                  fmt::format("cannot listen on {} for --uart {}: {}", address.text(), scheme, error.message()),
                  way_out(error, address, scheme)};
  };
  error_code error;
  tcp::resolver resolver{io};
  const auto found = resolver.resolve(address.host, "", tcp::resolver::passive, error);
  if (error || found.empty()) fail(error ? error : asio::error::host_not_found);
  const tcp::endpoint endpoint{found.begin()->endpoint().address(), address.port};
  tcp::acceptor acceptor{io};
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) fail(error);
  return acceptor;
}

class TcpListener final : public StreamSource {
 public:
  TcpListener(asio::io_context& io, tcp::acceptor acceptor, const char* scheme, const Logger& log)
      : address_{fmt::format("{}:{}", scheme, address_of(acceptor.local_endpoint()).text())},
        loop_{std::make_shared<net::AcceptLoop<tcp>>(io, std::move(acceptor), log)} {}

  void start(std::function<void(OpenEnd)> opened) override {
    loop_->start([opened = std::move(opened)](tcp::socket socket) { opened(end_of(std::move(socket))); });
  }
  bool closed() override { return true; }
  bool coming() override { return loop_->somebody_waits(); }
  void stop() override { loop_->stop(); }
  std::string address() const override { return address_; }

 private:
  std::string address_;
  std::shared_ptr<net::AcceptLoop<tcp>> loop_;
};

// ---- the module connects ----

class TcpDialler final : public StreamSource, public std::enable_shared_from_this<TcpDialler> {
 public:
  TcpDialler(asio::io_context& io, HostAddress address, Logger log)
      : address_{std::move(address)}, log_{std::move(log)}, resolver_{io}, socket_{io}, timer_{io} {}

  void start(std::function<void(OpenEnd)> opened) override {
    opened_ = std::move(opened);
    resolve();
  }
  bool closed() override {
    if (stopped_) return true;
    log_.info("the connection to {} has ended; connecting again", address_.text());
    wait();
    return true;
  }
  void stop() override {
    stopped_ = true;
    error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
    timer_.cancel();
  }
  std::string address() const override { return fmt::format("tcp:{}", address_.text()); }

 private:
  void resolve() {
    resolver_.async_resolve(
        address_.host, std::to_string(address_.port),
        [self = shared_from_this()](const error_code& error, const tcp::resolver::results_type& all) {
          if (self->stopped_) return;
          if (error) return self->failed(error);
          self->connect(all);
        });
  }

  void connect(const tcp::resolver::results_type& all) {
    asio::async_connect(socket_, all, [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
      if (self->stopped_) return;
      if (error) return self->failed(error);
      self->complained_ = false;
      self->pause_ = kFirstPause;
      self->log_.info("connected to {}", self->address_.text());
      self->opened_(end_of(std::move(self->socket_)));
    });
  }

  void failed(const error_code& error) {
    error_code ignored;
    socket_.close(ignored);
    if (!std::exchange(complained_, true)) {
      log_.warning("cannot connect to {}: {}; trying again until it works", address_.text(), error.message());
    }
    wait();
  }

  void wait() {
    timer_.expires_after(pause_);
    pause_ = std::min(pause_ * 2, kLongestPause);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->stopped_) self->resolve();
    });
  }

  HostAddress address_;
  Logger log_;
  std::function<void(OpenEnd)> opened_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::chrono::milliseconds pause_ = kFirstPause;
  bool complained_ = false;
  bool stopped_ = false;
};

}  // namespace

Source listen_tcp(asio::io_context& io, const HostAddress& address, const char* scheme, const Logger& log) {
  auto acceptor = open_acceptor(io, address, scheme);
  const auto bound = acceptor.local_endpoint().address();
  if (!bound.is_loopback()) {
    log.warning(
        "--uart {} listens on {}: who reaches this machine can use the module, and what it reaches. "
        "For this machine alone: {}:127.0.0.1:{}",
        scheme, bound.to_string(), scheme, address.port);
  }
  return std::make_shared<TcpListener>(io, std::move(acceptor), scheme, log);
}

Source dial_tcp(asio::io_context& io, const HostAddress& address, Logger log) {
  return std::make_shared<TcpDialler>(io, address, std::move(log));
}

}  // namespace quasimodem::app
