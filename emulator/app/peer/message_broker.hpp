// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>

#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/app/base/process/host_clock.hpp"
#include "net/mqtt/broker.hpp"
#include "net/peer_session.hpp"

namespace quasimodem::app {

/// What `quasimodem peer mqtt` serves: one broker for all who connect, by the host's clock. Its sessions keep it alive:
/// those that wait in the io_context go with that.
class MessageBroker : public std::enable_shared_from_this<MessageBroker> {
 public:
  MessageBroker(boost::asio::io_context& io, net::mqtt::Broker::Settings settings, const Logger& log);
  MessageBroker(const MessageBroker&) = delete;
  MessageBroker& operator=(const MessageBroker&) = delete;

  /// Its side of one more connection.
  std::unique_ptr<net::PeerSession> accept();

 private:
  class Session;

  Timeline timeline_;
  HostClock clock_;
  net::mqtt::Broker broker_;
};

}  // namespace quasimodem::app
