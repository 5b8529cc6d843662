// SPDX-License-Identifier: Apache-2.0
#include "net/host/udp_session.hpp"

#include <boost/asio/buffer.hpp>

namespace quasimodem::net {

namespace asio = boost::asio;
using asio::ip::udp;

UdpSession::UdpSession(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer)
    : HostSession{std::move(core), peer, observer}, socket_{core_->io}, datagram_(kLargestDatagram) {}

void UdpSession::connect(Endpoint target) {
  if (!observer_) return;
  Error error;
  socket_.open(udp::v4(), error);
  if (!error) socket_.non_blocking(true, error);
  if (!error) socket_.connect({asio::ip::address_v4{target.address.octets}, target.port}, error);
  if (error) return fail(net_error(error));
  connected_soon();
}

std::size_t UdpSession::send(ByteSpan data) {
  if (phase_ != Phase::connected || data.empty()) return 0;
  Error error;
  socket_.send(asio::buffer(data.data(), data.size()), 0, error);
  // That was the answer to an earlier datagram (ICMP port unreachable); this one has not been sent yet.
  if (error == asio::error::connection_refused) socket_.send(asio::buffer(data.data(), data.size()), 0, error);
  if (error == asio::error::message_size) return 0;
  if (not_ready(error)) {
    starved_ = true;
    wait_writable();
    return 0;
  }
  // ASSUMED: whatever else goes wrong is a lost datagram; the module has no words for more.
  return data.size();
}

void UdpSession::wait_writable() {
  if (std::exchange(waiting_to_write_, true)) return;
  socket_.async_wait(udp::socket::wait_write, [self = self()](const Error& error) {
    self->waiting_to_write_ = false;
    if (error || !self->observer_) return;
    self->core_->entered([&] {
      if (self->observer_ && std::exchange(self->starved_, false)) self->observer_->link_writable();
    });
  });
}

void UdpSession::wait_readable() {
  if (!socket_.is_open() || std::exchange(waiting_to_read_, true)) return;
  socket_.async_wait(udp::socket::wait_read, [self = self()](const Error& error) {
    self->waiting_to_read_ = false;
    if (error || !self->reading()) return;
    self->core_->entered([&] { self->read_once(); });
  });
}

void UdpSession::read_once() {
  if (!reading()) return;
  Error error;
  const auto size = socket_.receive(asio::buffer(datagram_), 0, error);
  // An error belongs to something sent earlier and means that it was lost.
  if (!error && size > 0) observer_->link_received(ByteSpan{datagram_}.first(size));
  if (reading()) wait_readable();
}

void UdpSession::leave() {
  observer_ = nullptr;
  phase_ = Phase::over;
  close_socket();
}

void UdpSession::close_socket() {
  Error ignored;
  socket_.close(ignored);
}

}  // namespace quasimodem::net
