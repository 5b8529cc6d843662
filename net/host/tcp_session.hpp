// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/host/host_session.hpp"

namespace quasimodem::net {

/// One real TCP connection.
class TcpSession final : public HostSession {
 public:
  TcpSession(std::shared_ptr<HostCore> core, Endpoint peer, LinkObserver& observer);

  void connect(Endpoint target) override;
  /// Goes on with a connection that the peer made.
  void adopt(boost::asio::ip::tcp::socket socket);
  std::size_t send(ByteSpan data) override;
  std::size_t unacknowledged() override;
  void abort() override;
  void leave() override;

  /// Ends it without waiting for anything any more. What the operating system already has still goes out.
  void close_now();

 private:
  using Error = boost::system::error_code;

  void set_options();
  void read_once() override;
  void close_socket() override;
  void wait_readable();
  void wait_writable();
  void tell_writable();
  void flush();
  void write_failed(NetError error);
  void linger();
  void drain();
  void cut_when_sent();

  std::shared_ptr<TcpSession> self() { return std::static_pointer_cast<TcpSession>(shared_from_this()); }

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer linger_limit_;
  boost::asio::steady_timer look_again_;  ///< whether the peer has acknowledged everything
  Bytes queue_;                           ///< accepted by `send`, not yet taken by the operating system
  std::optional<NetError> write_error_;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
  bool lingering_ = false;
  bool end_sent_ = false;
  std::size_t thrown_away_ = 0;  ///< bytes of a peer that went on sending
  bool deaf_ = false;            ///< it has sent too many of them
};

}  // namespace quasimodem::net
