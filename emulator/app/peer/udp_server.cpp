// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/udp_server.hpp"

#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <fmt/core.h>

#include "core/bytes.hpp"
#include "emulator/app/base/problem.hpp"

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

constexpr std::size_t kLargestDatagram = 65535;

udp::socket open(asio::io_context& io, const net::Endpoint& address) {
  try {
    return udp::socket{io, udp::endpoint{asio::ip::address_v4{address.address.octets}, address.port}};
  } catch (const boost::system::system_error& error) {
    throw Problem{ExitCode::environment, fmt::format("cannot listen at {}: {}", address.text(), error.code().message()),
                  "choose another address; port 0 takes any that is free: --listen 127.0.0.1:0"};
  }
}

}  // namespace

struct UdpServer::Impl : std::enable_shared_from_this<Impl> {
  Impl(asio::io_context& io, net::Endpoint address, std::function<void()> on_answered, Logger logger)
      : socket{open(io, address)}, answered{std::move(on_answered)}, log{std::move(logger)} {
    // Rather lose a datagram than wait for room.
    socket.non_blocking(true);
  }

  void receive() {
    socket.async_receive_from(asio::buffer(datagram), sender,
                              [self = shared_from_this()](const error_code& error, std::size_t size) {
                                if (!self->socket.is_open()) return;
                                // An error is that of an earlier answer: its port is closed.
                                if (!error) self->answer(size);
                                self->receive();
                              });
  }

  void answer(std::size_t size) {
    error_code lost;
    socket.send_to(asio::buffer(datagram.data(), size), sender, 0, lost);
    log.info("{}:{}: {} B{}", sender.address().to_string(), sender.port(), size, lost ? ", echo lost" : "");
    answered();
  }

  udp::socket socket;
  udp::endpoint sender;
  Bytes datagram = Bytes(kLargestDatagram);
  std::function<void()> answered;
  Logger log;
};

UdpServer::UdpServer(asio::io_context& io, net::Endpoint address, std::function<void()> answered, Logger log)
    : impl_{std::make_shared<Impl>(io, address, std::move(answered), std::move(log))} {
  impl_->receive();
}

UdpServer::~UdpServer() {
  error_code ignored;
  impl_->socket.close(ignored);
}

net::Endpoint UdpServer::address() const {
  const auto endpoint = impl_->socket.local_endpoint();
  return {net::IpAddress{endpoint.address().to_v4().to_bytes()}, endpoint.port()};
}

}  // namespace quasimodem::app
