// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/ftp_data_link.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::seconds;

constexpr std::size_t kPiece = 16384;
constexpr std::uint16_t kLowestPort = 1024;  // RFC 2577 3

// How long a data connection may take to come about.
constexpr seconds kConnectTime{60};
// How long a client may take to end its side after we ended ours.
constexpr seconds kDataDrainTime{5};
// How long it may take to read the last piece after it has left.
constexpr seconds kLastPieceTime{30};

asio::ip::address_v4 address_of(const net::IpAddress& address) { return asio::ip::address_v4{address.octets}; }

}  // namespace

FtpDataLink::FtpDataLink(asio::io_context& io, net::ftp::Server& server, Ends ends, std::function<void()> spoke)
    : socket_{io}, acceptor_{io}, timer_{io}, server_{&server}, ends_{ends}, spoke_{std::move(spoke)} {}

// How it comes about

std::optional<std::uint16_t> FtpDataLink::listen() {
  error_code error;
  acceptor_.open(Tcp::v4(), error);
  if (!error) acceptor_.bind({address_of(ends_.here), 0}, error);
  if (!error) acceptor_.listen(1, error);
  const auto here = error ? Tcp::endpoint{} : acceptor_.local_endpoint(error);
  if (error) {
    gone();
    return std::nullopt;
  }
  expire_after(kConnectTime, &FtpDataLink::never_opened);
  accept();
  return here.port();
}

void FtpDataLink::accept() {
  acceptor_.async_accept([self = shared_from_this()](const error_code& error, Tcp::socket socket) {
    if (self->phase_ != Phase::waiting) return;
    if (error) return self->never_opened();
    error_code left_already;
    const auto who = socket.remote_endpoint(left_already);
    if (left_already || who.address() != address_of(self->ends_.client)) return self->accept();
    self->socket_ = std::move(socket);
    self->opened();
  });
}

void FtpDataLink::connect(const net::Endpoint& client) {
  error_code error;
  socket_.open(Tcp::v4(), error);
  if (!error) socket_.bind({address_of(ends_.here), 0}, error);
  if (error || client.address != ends_.client || client.port < kLowestPort) {
    gone();
    std::exchange(server_, nullptr)->data_failed();
    return;
  }
  expire_after(kConnectTime, &FtpDataLink::never_opened);
  socket_.async_connect({address_of(client.address), client.port},
                        [self = shared_from_this()](const error_code& failed) {
                          if (self->phase_ != Phase::waiting) return;
                          if (failed) return self->never_opened();
                          self->opened();
                        });
}

void FtpDataLink::opened() {
  error_code ignored;
  timer_.cancel();
  acceptor_.close(ignored);
  phase_ = Phase::open;
  server_->data_connected();
  move();
  tell();
}

void FtpDataLink::never_opened() {
  gone();
  if (server_) std::exchange(server_, nullptr)->data_failed();
  tell();
}

// What goes over it

void FtpDataLink::move() {
  if (phase_ != Phase::open) return;
  if (writing_.empty()) write();
  if (server_ && server_->wants_data()) read();
}

void FtpDataLink::write() {
  writing_ = server_->take_data(kPiece);
  if (phase_ == Phase::gone || writing_.empty()) return;
  asio::async_write(socket_, asio::buffer(writing_), [self = shared_from_this()](const error_code& error, std::size_t) {
    self->writing_.clear();
    if (error) return self->ended(false);
    if (self->phase_ == Phase::leaving) return self->end_stream();
    self->move();
    self->tell();
  });
}

void FtpDataLink::read() {
  if (std::exchange(reading_, true)) return;
  socket_.async_read_some(asio::buffer(piece_),
                          [self = shared_from_this()](const error_code& error, std::size_t count) {
                            self->reading_ = false;
                            self->arrived(error, count);
                          });
}

void FtpDataLink::arrived(const error_code& error, std::size_t count) {
  if (error) return ended(error == asio::error::eof);
  if (phase_ == Phase::draining) return read();
  if (phase_ != Phase::open) return;
  server_->data_received({piece_.data(), count});
  move();
  tell();
}

void FtpDataLink::ended(bool in_order) {
  if (phase_ != Phase::open) return gone();
  if (!in_order) gone();
  std::exchange(server_, nullptr)->data_ended(in_order);
  if (phase_ == Phase::open) gone();
  tell();
}

// How it ends

void FtpDataLink::leave() {
  server_ = nullptr;
  if (phase_ == Phase::waiting) return gone();
  if (phase_ != Phase::open) return;
  phase_ = Phase::leaving;
  // The last piece may be on its way to `write`.
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    if (self->phase_ == Phase::leaving && self->writing_.empty()) self->end_stream();
  });
}

/// Ends our side and waits for the client's end: to close with something unread would be a reset.
void FtpDataLink::end_stream() {
  phase_ = Phase::draining;
  error_code error;
  socket_.shutdown(Tcp::socket::shutdown_send, error);
  if (error) return gone();
  expire_after(kDataDrainTime, &FtpDataLink::gone);
  read();
}

void FtpDataLink::cut() {
  server_ = nullptr;
  error_code ignored;
  if (phase_ != Phase::waiting) socket_.set_option(Tcp::socket::linger{true, 0}, ignored);
  gone();
}

void FtpDataLink::abandon() {
  spoke_ = nullptr;
  if (phase_ == Phase::leaving) expire_after(kLastPieceTime, &FtpDataLink::gone);
  if (phase_ == Phase::waiting || phase_ == Phase::open) cut();
}

void FtpDataLink::gone() {
  if (std::exchange(phase_, Phase::gone) == Phase::gone) return;
  error_code ignored;
  timer_.cancel();
  acceptor_.close(ignored);
  socket_.close(ignored);
}

void FtpDataLink::expire_after(seconds time, void (FtpDataLink::*then)()) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this(), then, at = phase_](const error_code& cancelled) {
    if (!cancelled && self->phase_ == at) (self.get()->*then)();
  });
}

void FtpDataLink::tell() const {
  if (const auto call = spoke_) call();
}

}  // namespace quasimodem::app
