// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/ftp_session.hpp"

#include <utility>

#include "emulator/app/peer/ftp_data_link.hpp"

namespace quasimodem::app {

FtpSession::FtpSession(boost::asio::io_context& io, std::shared_ptr<net::ftp::Site> site, net::IpAddress here,
                       net::IpAddress client)
    : io_{io}, here_{here}, client_{client}, server_{std::move(site), here, *this} {}

FtpSession::~FtpSession() {
  for (const auto& link : {link_, leaving_}) {
    if (link) link->abandon();
  }
}

void FtpSession::receive(ByteSpan bytes) {
  server_.receive(bytes);
  data_ready();
}

FtpDataLink& FtpSession::new_link() {
  close(false);
  link_ = std::make_shared<FtpDataLink>(io_, server_, FtpDataLink::Ends{here_, client_}, [this] {
    if (on_outgoing) on_outgoing();
  });
  return *link_;
}

std::optional<std::uint16_t> FtpSession::listen() { return new_link().listen(); }

void FtpSession::connect(net::Endpoint client) { new_link().connect(client); }

void FtpSession::data_ready() {
  if (const auto link = link_) link->move();  // which may end it
}

void FtpSession::close(bool in_order) {
  const auto link = std::exchange(link_, nullptr);
  if (!link) return;
  if (!in_order) return link->cut();
  if (leaving_) leaving_->cut();  // one at a time: whoever does not read what was sent gets no second
  leaving_ = link;
  link->leave();
}

}  // namespace quasimodem::app
