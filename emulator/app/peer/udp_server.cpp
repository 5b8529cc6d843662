// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/peer/udp_server.hpp"

#include <utility>

namespace quasimodem::app {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

constexpr std::size_t kLargestDatagram = 65535;

}  // namespace

UdpServer::UdpServer(asio::io_context& io, const net::Endpoint& address, std::function<void()> answered, Logger log)
    : socket_{io, udp::endpoint{asio::ip::address_v4{address.address.octets}, address.port}},
      datagram_(kLargestDatagram),
      answered_{std::move(answered)},
      log_{std::move(log)} {
  // Rather lose a datagram than wait for room.
  socket_.non_blocking(true);
  receive();
}

void UdpServer::receive() {
  socket_.async_receive_from(asio::buffer(datagram_), sender_, [this](const error_code& error, std::size_t size) {
    // An error is that of an earlier answer: its port is closed.
    if (!error) answer(size);
    receive();
  });
}

void UdpServer::answer(std::size_t size) {
  error_code lost;
  socket_.send_to(asio::buffer(datagram_.data(), size), sender_, 0, lost);
  log_.info("{}:{}: {} B{}", sender_.address().to_string(), sender_.port(), size, lost ? ", echo lost" : "");
  answered_();
}

net::Endpoint UdpServer::address() const {
  const auto endpoint = socket_.local_endpoint();
  return {net::IpAddress{endpoint.address().to_v4().to_bytes()}, endpoint.port()};
}

}  // namespace quasimodem::app
