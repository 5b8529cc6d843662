// SPDX-License-Identifier: Apache-2.0
#include "net/host/host_session.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace quasimodem::net {

namespace asio = boost::asio;

NetError net_error(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  switch (error.value()) {
    case errc::connection_refused: return NetError::refused;
    case errc::timed_out: return NetError::timed_out;
    case errc::network_unreachable:
    case errc::host_unreachable:
    case errc::network_down:
    case errc::address_not_available:
    case errc::permission_denied:  // a packet filter of this machine
    case errc::operation_not_permitted: return NetError::unreachable;
    case errc::too_many_files_open:
    case errc::too_many_files_open_in_system:
    case errc::no_buffer_space:
    case errc::no_space_on_device:  // too many descriptors watched
    case errc::not_enough_memory: return NetError::no_resources;
    default: return NetError::reset;
  }
}

bool not_ready(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

void HostSession::fail(NetError error) {
  asio::post(core_->io,
             [self = shared_from_this(), error] { self->core_->entered([&] { self->tell_closed(error); }); });
}

void HostSession::resume() {
  if (std::exchange(paused_, false)) read_later();
}

void HostSession::read_later() {
  asio::post(core_->io, [self = shared_from_this()] {
    if (self->reading()) self->core_->entered([&] { self->read_once(); });
  });
}

void HostSession::tell_connected() {
  if (!observer_ || phase_ != Phase::connecting) return;
  phase_ = Phase::connected;
  observer_->link_connected();
  read_once();
}

void HostSession::connected_soon() {
  asio::post(core_->io, [self = shared_from_this()] {
    if (self->observer_) self->core_->entered([&] { self->tell_connected(); });
  });
}

void HostSession::tell_closed(std::optional<NetError> error) {
  phase_ = Phase::over;
  if (error) close_socket();
  if (auto* observer = std::exchange(observer_, nullptr)) observer->link_closed(error);
}

}  // namespace quasimodem::net
