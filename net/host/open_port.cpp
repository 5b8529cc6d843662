// SPDX-License-Identifier: Apache-2.0
#include "net/host/open_port.hpp"

#include <boost/asio/post.hpp>

#include "net/host/tcp_session.hpp"

namespace quasimodem::net {

namespace asio = boost::asio;
using asio::ip::tcp;

OpenPort::OpenPort(std::shared_ptr<HostCore> core, ListenObserver& observer)
    : core_{std::move(core)}, observer_{&observer}, acceptor_{core_->io} {}

void OpenPort::open(std::uint16_t port) {
  boost::system::error_code error;
  acceptor_.open(tcp::v4(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address{true}, error);
  // Not reachable from elsewhere unasked: a module's own address would not be either, behind its operator.
  if (!error) acceptor_.bind({asio::ip::address_v4::loopback(), port}, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  asio::post(core_->io, [self = shared_from_this(), error] {
    if (!self->observer_) return;
    self->core_->entered(
        [&] { error ? self->observer_->listen_failed(net_error(error)) : self->observer_->listening(); });
    if (!error) self->accept_next();
  });
}

void OpenPort::accept_next() {
  if (!observer_ || !acceptor_.is_open()) return;
  acceptor_.async_accept([self = shared_from_this()](const boost::system::error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) self->core_->entered([&] { self->arrived(std::move(socket)); });
    self->accept_next();
  });
}

void OpenPort::arrived(tcp::socket socket) {
  if (!observer_) return;
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error || !remote.address().is_v4()) return;
  const Endpoint peer{{remote.address().to_v4().to_bytes()}, remote.port()};
  // Not accepted: the socket is closed here, and the peer hears it.
  observer_->connection_arrived(peer, [&](LinkObserver& observer) {
    auto session = std::make_shared<TcpSession>(core_, peer, observer);
    session->adopt(std::move(socket));
    return std::make_unique<AsioLink>(std::move(session));
  });
}

void OpenPort::close() {
  observer_ = nullptr;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace quasimodem::net
