// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <poll.h>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/log.hpp"

namespace quasimodem::net {

/// Accepts connections of one acceptor until it is stopped.
template <class Protocol>
class AcceptLoop : public std::enable_shared_from_this<AcceptLoop<Protocol>> {
 public:
  using Socket = typename Protocol::socket;

  AcceptLoop(boost::asio::io_context& io, typename Protocol::acceptor acceptor, Logger log)
      : acceptor_{std::move(acceptor)}, pause_{io}, log_{std::move(log)} {}

  void start(std::function<void(Socket)> accepted) {
    accepted_ = std::move(accepted);
    next();
  }
  /// Somebody has connected and was not accepted yet.
  bool somebody_waits() {
    pollfd state{acceptor_.native_handle(), POLLIN, 0};
    return acceptor_.is_open() && ::poll(&state, 1, 0) > 0;
  }
  void stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  void next() {
    acceptor_.async_accept([self = this->shared_from_this()](const boost::system::error_code& error, Socket socket) {
      if (!self->acceptor_.is_open()) return;
      if (error) return self->try_later(error);
      self->accepted_(std::move(socket));
      self->next();
    });
  }

  /// For want of descriptors or memory.
  void try_later(const boost::system::error_code& error) {
    log_.warning("cannot accept a connection: {}", error.message());
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([self = this->shared_from_this()](const boost::system::error_code& cancelled) {
      if (!cancelled && self->acceptor_.is_open()) self->next();
    });
  }

  typename Protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Logger log_;
  std::function<void(Socket)> accepted_;
};

}  // namespace quasimodem::net
