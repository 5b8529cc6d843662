// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/log.hpp"
#include "net/bearer.hpp"
#include "net/bearer_rules.hpp"

namespace boost::asio {
class io_context;
}

namespace quasimodem::net {

/// How an event of the host enters the module's world: the function advances the Timeline to now, runs the body it is
/// given, once and before it returns, and lets the module's output out.
using Enter = std::function<void(std::function<void()>)>;

/// The real network: IPv4 sockets of this machine, on one io_context run by one thread.
///
/// Destroy links and operations before the bearer and the bearer before the io_context. A link that is destroyed with
/// something left to send goes on for at most ten seconds, at most 64 of them, and not longer than the bearer.
class AsioBearer final : public Bearer {
 public:
  /// Looks a name up, blocking, in a thread of its own.
  using LookUp = std::function<Addresses(const std::string&)>;

  AsioBearer(boost::asio::io_context& io, BearerRules rules, Enter enter, Logger log);
  /// With another name service than the operating system's, for tests.
  AsioBearer(boost::asio::io_context& io, BearerRules rules, Enter enter, Logger log, LookUp look_up);
  ~AsioBearer() override;

  void set_local_address(IpAddress address);
  /// For connections from now on; those that there are stay. The local address is not changed. A mapped name keeps the
  /// address it had.
  void set_rules(BearerRules rules);
  IpAddress local_address() const override;

  /// A name on the left of a mapping resolves to an address of 198.18.0.0/15 of its own, the same in every run with
  /// the same rules; connecting to that address is connecting to the name. A name that the rules forbid is unreachable.
  std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override;

  /// `peer()` stays what was asked for, wherever a mapping leads. A peer that the rules forbid is unreachable. An
  /// address counts as an allowed name once that name was resolved to it.
  std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) override;

  /// Needs a system that lets the program send echo requests (Linux: net.ipv4.ping_group_range, or CAP_NET_RAW);
  /// otherwise, and for peers that the rules forbid, the answer is `unreachable`.
  std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) override;

  /// The module's port is the same port of 127.0.0.1. Fails when another program, or another module, has it.
  std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quasimodem::net
