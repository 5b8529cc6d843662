// SPDX-License-Identifier: Apache-2.0
#include "net/host/udp_port.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

namespace quasimodem::net {

namespace asio = boost::asio;
using asio::ip::udp;

// ---- the port

UdpPort::UdpPort(std::shared_ptr<HostCore> core, ListenObserver& observer)
    : core_{std::move(core)}, observer_{&observer}, socket_{core_->io}, datagram_(kLargestDatagram) {}

void UdpPort::open(std::uint16_t port) {
  Error error;
  socket_.open(udp::v4(), error);
  if (!error) socket_.non_blocking(true, error);
  // Not reachable from elsewhere unasked, as in OpenPort.
  if (!error) socket_.bind({asio::ip::address_v4::loopback(), port}, error);
  asio::post(core_->io, [self = shared_from_this(), error] {
    if (!self->observer_) return;
    self->core_->entered(
        [&] { error ? self->observer_->listen_failed(net_error(error)) : self->observer_->listening(); });
    if (!error) self->wait();
  });
}

void UdpPort::wait() {
  if (!socket_.is_open() || !core_->open) return;
  socket_.async_wait(udp::socket::wait_read, [self = shared_from_this()](const Error& error) {
    if (error) return;
    self->core_->entered([&] { self->read_once(); });
    self->wait();
  });
}

void UdpPort::read_once() {
  Error error;
  udp::endpoint remote;
  const auto size = socket_.receive_from(asio::buffer(datagram_), remote, 0, error);
  // An error belongs to something sent earlier and means that it was lost.
  if (error || size == 0) return;
  arrived({{remote.address().to_v4().to_bytes()}, remote.port()}, ByteSpan{datagram_}.first(size));
}

void UdpPort::arrived(Endpoint peer, ByteSpan datagram) {
  if (const auto known = peers_.find(peer); known != peers_.end()) {
    if (const auto session = known->second.lock()) session->arrived(datagram);
    return;
  }
  if (!observer_) return;
  // Not accepted: the datagram is lost.
  observer_->connection_arrived(peer, [&](LinkObserver& observer) {
    auto session = std::make_shared<UdpPeer>(core_, peer, observer, shared_from_this());
    peers_[peer] = session;
    session->arrived(datagram);
    session->connected_soon();
    return std::make_unique<AsioLink>(std::move(session));
  });
}

std::size_t UdpPort::send(ByteSpan data, Endpoint peer) {
  Error error;
  socket_.send_to(asio::buffer(data.data(), data.size()), {asio::ip::address_v4{peer.address.octets}, peer.port}, 0,
                  error);
  if (error == asio::error::message_size) return 0;
  // ASSUMED: whatever else goes wrong is a lost datagram, as in UdpSession.
  return data.size();
}

void UdpPort::forget(Endpoint peer) {
  peers_.erase(peer);
  close_if_unused();
}

void UdpPort::close() {
  observer_ = nullptr;
  close_if_unused();
}

void UdpPort::close_if_unused() {
  Error ignored;
  if (!observer_ && peers_.empty()) socket_.close(ignored);
}

// ---- its peers

void UdpPeer::arrived(ByteSpan datagram) {
  if (waiting_.size() < kMostWaiting) waiting_.emplace_back(datagram.begin(), datagram.end());
  read_once();
}

void UdpPeer::read_once() {
  while (reading() && !waiting_.empty()) {
    const auto datagram = std::move(waiting_.front());
    waiting_.pop_front();
    observer_->link_received(datagram);
  }
}

std::size_t UdpPeer::send(ByteSpan data) {
  return phase_ == Phase::connected && !data.empty() ? port_->send(data, peer_) : 0;
}

void UdpPeer::leave() {
  observer_ = nullptr;
  if (std::exchange(phase_, Phase::over) != Phase::over) port_->forget(peer_);
}

}  // namespace quasimodem::net
