// SPDX-License-Identifier: Apache-2.0
#include "net/host/tcp_session.hpp"

#include <algorithm>
#include <chrono>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/buffer.hpp>

namespace quasimodem::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kQueueSize = 64 * 1024;

// ASSUMED: as much again in the operating system. Its own choice would be megabytes, and a module that goes on
// accepting data for minutes after its peer stopped reading is unlike the real one.
constexpr int kSystemBufferSize = 64 * 1024;

// How long a link that the module has closed may go on sending, and how many of them there may be.
constexpr auto kLingerTime = std::chrono::seconds{10};
constexpr std::size_t kMaxLingering = 64;

// What may be under way when the module closes. A peer that sends more is one that does not stop.
constexpr std::size_t kStillRead = 64 * 1024;
constexpr auto kLookAgain = std::chrono::milliseconds{20};

}  // namespace

TcpSession::TcpSession(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer)
    : HostSession{std::move(core), peer, observer},
      socket_{core_->io},
      linger_limit_{core_->io},
      look_again_{core_->io} {}

void TcpSession::connect(Endpoint target) {
  if (!observer_) return;
  Error error;
  socket_.open(tcp::v4(), error);
  if (error) return fail(net_error(error));
  set_options();
  socket_.non_blocking(true, error);
  if (error) return fail(net_error(error));

  const tcp::endpoint endpoint{asio::ip::address_v4{target.address.octets}, target.port};
  socket_.async_connect(endpoint, [self = self()](const Error& why) {
    if (!self->observer_) return;
    self->core_->entered([&] { why ? self->tell_closed(net_error(why)) : self->tell_connected(); });
  });
}

void TcpSession::adopt(tcp::socket socket) {
  socket_ = std::move(socket);
  set_options();
  Error error;
  socket_.non_blocking(true, error);
  if (error) return fail(net_error(error));
  connected_soon();
}

/// Options that cannot be set are no reason not to connect.
void TcpSession::set_options() {
  Error ignored;
  socket_.set_option(tcp::no_delay{true}, ignored);
  socket_.set_option(asio::socket_base::send_buffer_size{kSystemBufferSize}, ignored);
}

// ── sending ──

std::size_t TcpSession::send(ByteSpan data) {
  if (phase_ != Phase::connected || write_error_) return 0;
  const auto taken = data.first(std::min(data.size(), kQueueSize - queue_.size()));
  append(queue_, taken);
  starved_ = starved_ || taken.size() < data.size();
  flush();
  // Even when the operating system just took everything: who was refused must hear that there is room.
  if (starved_) wait_writable();
  return taken.size();
}

void TcpSession::flush() {
  std::size_t written = 0;
  Error error;
  while (!error && written < queue_.size()) {
    written += socket_.write_some(asio::buffer(queue_.data() + written, queue_.size() - written), error);
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(written));
  if (error && !not_ready(error)) return write_failed(net_error(error));
  if (!queue_.empty()) return wait_writable();
  if (!lingering_ || std::exchange(end_sent_, true)) return;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  drain();
}

void TcpSession::wait_writable() {
  if (!socket_.is_open() || std::exchange(waiting_to_write_, true)) return;
  socket_.async_wait(tcp::socket::wait_write, [self = self()](const Error& error) {
    self->waiting_to_write_ = false;
    if (error || !self->socket_.is_open()) return;
    self->flush();
    if (self->starved_ && self->observer_) self->core_->entered([&] { self->tell_writable(); });
  });
}

void TcpSession::tell_writable() {
  if (!starved_ || !observer_ || phase_ != Phase::connected || write_error_) return;
  if (queue_.size() > kQueueSize / 2) return;
  starved_ = false;
  observer_->link_writable();
}

/// The peer is gone, but what it sent before comes first: the reading side reports the end.
void TcpSession::write_failed(NetError error) {
  write_error_ = error;
  queue_.clear();
  if (lingering_) return close_now();
  read_later();
}

std::size_t TcpSession::unacknowledged() {
  if (!socket_.is_open() || phase_ == Phase::connecting) return 0;
  int in_system = 0;
  if (::ioctl(socket_.native_handle(), SIOCOUTQ, &in_system) == -1) in_system = 0;
  return queue_.size() + static_cast<std::size_t>(in_system);
}

// ── receiving ──

void TcpSession::wait_readable() {
  if (!socket_.is_open() || std::exchange(waiting_to_read_, true)) return;
  socket_.async_wait(tcp::socket::wait_read, [self = self()](const Error& error) {
    self->waiting_to_read_ = false;
    if (error) return;
    if (self->lingering_) return self->drain();
    if (self->reading()) self->core_->entered([&] { self->read_once(); });
  });
}

void TcpSession::read_once() {
  if (!reading()) return;
  Error error;
  // Small pieces: a paused link has at most one of them to swallow. The rest of the buffer is for datagrams.
  constexpr std::size_t kPiece = 4096;
  const auto size = socket_.read_some(asio::buffer(core_->piece, kPiece), error);
  if (!error) {
    observer_->link_received(ByteSpan{core_->piece}.first(size));
    // A full piece: there is more, and to wait for it would be another call of the system.
    if (reading()) size == kPiece ? read_later() : wait_readable();
  } else if (not_ready(error)) {
    if (write_error_) return tell_closed(write_error_);
    wait_readable();
  } else if (error == asio::error::eof) {
    tell_closed(write_error_);
  } else {
    tell_closed(net_error(error));
  }
}

// ── ending ──

void TcpSession::abort() {
  observer_ = nullptr;
  phase_ = Phase::over;
  Error ignored;
  if (socket_.is_open()) socket_.set_option(tcp::socket::linger{true, 0}, ignored);
  close_now();
}

void TcpSession::leave() {
  observer_ = nullptr;
  if (phase_ == Phase::connecting || !socket_.is_open() || write_error_) return close_now();
  phase_ = Phase::over;
  linger();
}

/// Sends the rest and the end, then reads until the peer ends too: closing with something unread would make the
/// operating system send a reset, which can take away from the peer what it has not read yet. A peer that sends on and
/// on is not read for ever: it is reset as soon as it has what was sent.
void TcpSession::linger() {
  lingering_ = true;
  if (core_->open) {
    core_->lingering.push_back(self());
    if (core_->lingering.size() > kMaxLingering) std::shared_ptr {
        core_->lingering.front()
        } -> close_now();
    linger_limit_.expires_after(kLingerTime);
    linger_limit_.async_wait([self = self()](const Error& error) {
      if (!error) self->close_now();
    });
  }
  flush();
  if (!core_->open) close_now();
}

void TcpSession::drain() {
  if (deaf_) return;
  Error error;
  thrown_away_ += socket_.read_some(asio::buffer(core_->piece), error);
  if (thrown_away_ > kStillRead) {
    deaf_ = true;
    return cut_when_sent();
  }
  if (!error || not_ready(error)) return wait_readable();
  // The peer may have ended long ago and still be reading what is queued here.
  if (end_sent_) close_now();
}

void TcpSession::cut_when_sent() {
  if (!socket_.is_open()) return;
  if (end_sent_ && unacknowledged() == 0) return abort();
  look_again_.expires_after(kLookAgain);
  look_again_.async_wait([self = self()](const Error& error) {
    if (!error) self->cut_when_sent();
  });
}

void TcpSession::close_now() {
  const auto keep = self();
  linger_limit_.cancel();
  look_again_.cancel();
  close_socket();
  auto& lingering = core_->lingering;
  lingering.erase(std::remove(lingering.begin(), lingering.end(), keep), lingering.end());
}

void TcpSession::close_socket() {
  queue_.clear();
  Error ignored;
  socket_.close(ignored);
}

}  // namespace quasimodem::net
