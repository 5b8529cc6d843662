// SPDX-License-Identifier: Apache-2.0
#include "net/host/name_resolver.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <utility>

#include <boost/asio/post.hpp>

namespace quasimodem::net {
namespace {

// More look-ups than all modules of a large fleet have under way; a bound only so that a dead name server costs no
// more.
constexpr int kMaxLookUps = 64;

}  // namespace

Bearer::Addresses look_up_ipv4(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    // A name that exists without an IPv4 address is as good as none. EAI_AGAIN and the rest: nobody could tell.
    const bool no_such_name = error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY;
    return tl::unexpected{no_such_name ? NetError::name_not_found : NetError::name_failed};
  }
  std::vector<IpAddress> addresses;
  for (const auto* entry = found; entry; entry = entry->ai_next) {
    sockaddr_in socket_address{};
    std::memcpy(&socket_address, entry->ai_addr, sizeof socket_address);
    IpAddress address;
    std::memcpy(address.octets.data(), &socket_address.sin_addr, address.octets.size());
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end()) addresses.push_back(address);
  }
  ::freeaddrinfo(found);
  if (addresses.empty()) return tl::unexpected{NetError::name_not_found};
  return addresses;
}

/// How the threads reach the io_context, which may be gone when they are done.
struct NameResolver::Mailbox {
  std::mutex mutex;
  boost::asio::io_context* io;  ///< null: nobody waits any more
  int running = 0;
};

NameResolver::NameResolver(boost::asio::io_context& io, LookUp look_up)
    : io_{io}, look_up_{std::move(look_up)}, mailbox_{std::make_shared<Mailbox>()} {
  mailbox_->io = &io;
}

NameResolver::~NameResolver() {
  const std::lock_guard lock{mailbox_->mutex};
  mailbox_->io = nullptr;
}

void NameResolver::resolve(std::string name, const Done& done) {
  bool possible = false;
  {
    const std::lock_guard lock{mailbox_->mutex};
    possible = mailbox_->running < kMaxLookUps;
    if (possible) ++mailbox_->running;
  }
  if (!possible) return boost::asio::post(io_, [done] { done(tl::unexpected{NetError::name_failed}); });

  const auto work = [mailbox = mailbox_, look_up = look_up_, name = std::move(name), done] {
    const auto answer = look_up(name);
    const std::lock_guard lock{mailbox->mutex};
    --mailbox->running;
    if (mailbox->io) boost::asio::post(*mailbox->io, [done, answer] { done(answer); });
  };
  try {
    std::thread{work}.detach();
  } catch (const std::system_error&) {
    const std::lock_guard lock{mailbox_->mutex};
    --mailbox_->running;
    boost::asio::post(io_, [done] { done(tl::unexpected{NetError::name_failed}); });
  }
}

}  // namespace quasimodem::net
