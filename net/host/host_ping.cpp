// SPDX-License-Identifier: Apache-2.0
#include "net/host/host_ping.hpp"

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <span>
#include <sys/socket.h>

#include <boost/asio/post.hpp>

#include "core/big_endian.hpp"

namespace quasimodem::net {
namespace {

constexpr std::uint8_t kEchoReply = 0;    // RFC 792
constexpr std::uint8_t kEchoRequest = 8;  // RFC 792
constexpr std::size_t kHeader = 8;
constexpr std::size_t kTtlInIpHeader = 8;  // RFC 791
constexpr std::size_t kLongestAnswer = 2048;

/// RFC 1071.
std::uint16_t checksum(const Bytes& message) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < message.size(); i += 2) {
    sum += static_cast<std::uint32_t>(message[i]) << 8;
    if (i + 1 < message.size()) sum += message[i + 1];
  }
  while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

/// The number stands in both the identifier, which the system replaces on its datagram sockets, and the sequence.
Bytes echo_request(std::size_t size, std::uint16_t number) {
  Bytes message(kHeader);
  message[0] = kEchoRequest;
  put_be(std::span{message}.subspan(4), number);
  put_be(std::span{message}.subspan(6), number);
  put_be(std::span{message}.subspan(2), checksum(message));
  message.resize(kHeader + size);  // with zeros, which change no checksum
  return message;
}

/// So that requests of one program do not take each other's answers.
std::uint16_t next_number() {
  static std::uint16_t last = 0;
  return ++last;
}

std::optional<int> ttl_in(const msghdr& message) {
  for (auto* part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {
    if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_TTL) continue;
    int ttl = 0;
    std::memcpy(&ttl, CMSG_DATA(part), sizeof ttl);
    return ttl;
  }
  return std::nullopt;
}

}  // namespace

HostPing::HostPing(std::shared_ptr<HostCore> core, std::size_t size, std::function<void(Bearer::Echoed)> done)
    : core_{std::move(core)}, size_{size}, done_{std::move(done)}, socket_{core_->io}, number_{next_number()} {}

/// Linux lets groups of users send echo requests and nothing else (net.ipv4.ping_group_range); raw sockets are for
/// the privileged.
bool HostPing::open() {
  int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (descriptor < 0) {
    descriptor = ::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
    raw_ = true;
  }
  if (descriptor < 0) return false;
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_IP, IP_RECVTTL, &on, sizeof on);
  boost::system::error_code error;
  socket_.assign({AF_INET, IPPROTO_ICMP}, descriptor, error);
  return !error;
}

void HostPing::send(IpAddress target) {
  if (!done_) return;
  if (!open()) {
    core_->log.warning("this system does not let the program send ICMP echo requests (net.ipv4.ping_group_range)");
    return fail();
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::memcpy(&address.sin_addr, target.octets.data(), target.octets.size());
  const auto message = echo_request(size_, number_);
  const auto descriptor = socket_.native_handle();
  const bool sent = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                    ::send(descriptor, message.data(), message.size(), 0) >= 0;
  sent ? wait_for_answer() : fail();
}

void HostPing::wait_for_answer() {
  using Socket = decltype(socket_);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
    if (error || !self->done_) return;
    const auto ttl = self->ttl_of_answer();
    if (!ttl) return self->wait_for_answer();
    self->answer(*ttl);
  });
}

std::optional<int> HostPing::ttl_of_answer() {
  std::array<std::uint8_t, kLongestAnswer> bytes{};
  std::array<char, CMSG_SPACE(sizeof(int)) * 4> control{};
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto size = ::recvmsg(socket_.native_handle(), &message, 0);
  if (size < 0) return std::nullopt;
  const std::size_t start = raw_ ? (bytes[0] & 0x0FU) * 4U : 0;
  if (static_cast<std::size_t>(size) < start + kHeader || bytes[start] != kEchoReply) return std::nullopt;
  const auto number = get_be<std::uint16_t>(ByteSpan{bytes}.subspan(start + 6));
  if (number != number_) return std::nullopt;
  return raw_ ? bytes[kTtlInIpHeader] : ttl_in(message).value_or(0);
}

void HostPing::fail() {
  boost::asio::post(core_->io, [self = shared_from_this()] { self->answer(tl::unexpected{NetError::unreachable}); });
}

void HostPing::answer(Bearer::Echoed result) {
  const auto done = std::exchange(done_, nullptr);
  if (done) core_->entered([&] { done(result); });
}

void HostPing::abandon() {
  done_ = nullptr;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace quasimodem::net
