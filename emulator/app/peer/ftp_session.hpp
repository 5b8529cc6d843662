// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

#include "net/endpoint.hpp"
#include "net/ftp/server.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::app {

class FtpDataLink;

/// One client of `quasimodem peer ftp`: its control connection is carried by whoever carries the session, its data
/// connections are sockets of their own. They come from the client's address only and go nowhere else, nor to a port
/// below 1024 (RFC 2577 3). What is held of a file is at most two pieces of 16 KB: a client that does not read is not
/// read for, and of one that sends nothing is taken before it was written.
class FtpSession final : public net::PeerSession, private net::ftp::DataCarrier {
 public:
  /// `here` and `client`: of the control connection.
  FtpSession(boost::asio::io_context& io, std::shared_ptr<net::ftp::Site> site, net::IpAddress here,
             net::IpAddress client);
  ~FtpSession() override;
  FtpSession(const FtpSession&) = delete;
  FtpSession& operator=(const FtpSession&) = delete;

  void start() override { server_.start(); }
  void receive(ByteSpan bytes) override;
  void input_ended() override { server_.input_ended(); }
  Bytes take_outgoing() override { return server_.take_outgoing(); }
  bool wants_input() const override { return server_.wants_input(); }
  bool over() const override { return server_.over(); }

 private:
  std::optional<std::uint16_t> listen() override;
  void connect(net::Endpoint client) override;
  void data_ready() override;
  void close(bool in_order) override;
  FtpDataLink& new_link();

  boost::asio::io_context& io_;
  net::IpAddress here_, client_;
  net::ftp::Server server_;
  std::shared_ptr<FtpDataLink> link_;
  std::shared_ptr<FtpDataLink> leaving_;  ///< its transfer is over; the last piece is on its way
};

}  // namespace quasimodem::app
