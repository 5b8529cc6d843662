// SPDX-License-Identifier: Apache-2.0
#include "net/host/asio_bearer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/core.h>

#include "core/big_endian.hpp"
#include "net/host/host_core.hpp"
#include "net/host/host_ping.hpp"
#include "net/host/name_resolver.hpp"
#include "net/host/open_port.hpp"
#include "net/host/tcp_session.hpp"
#include "net/host/udp_port.hpp"
#include "net/host/udp_session.hpp"

namespace quasimodem::net {

namespace asio = boost::asio;

namespace {

// RFC 2544: for measuring networks, so that it is nobody's real address.
constexpr std::uint8_t kMappedNet[2] = {198, 18};

constexpr std::size_t kMaxName = 253;  // RFC 1035

// Both only grow with what a module asks for; a bound so that a program that runs for months stays small.
constexpr std::size_t kMaxKnownAddresses = 4096;
constexpr std::size_t kMaxComplaints = 1000;

/// Somebody waits for a look-up.
struct Pending {
  std::function<void(Bearer::Addresses)> done;

  void abandon() { done = nullptr; }
};

/// Nothing that could be a name; the operating system would read `1.2` or `0x7f000001` as addresses.
bool cannot_be_name(std::string_view host) {
  return IpAddress::is_meant(host) || host.size() > kMaxName || host.find('\0') != std::string_view::npos ||
         host.starts_with("0x");
}

}  // namespace

struct AsioBearer::Impl {
  std::shared_ptr<HostCore> core;
  BearerRules rules;
  NameResolver names;
  /// Each mapped name and the address the module gets for it.
  std::map<std::string, IpAddress> mapped_names;
  /// What allowed names were resolved to.
  std::map<IpAddress, std::set<std::string>> known_addresses;
  std::set<std::string> complaints;

  Impl(asio::io_context& io, BearerRules r, Enter enter, Logger log, LookUp look_up)
      : core{std::make_shared<HostCore>(HostCore{io, std::move(enter), std::move(log)})},
        rules{std::move(r)},
        names{io, std::move(look_up)} {
    // The first socket and timer of an io_context make its epoll and event descriptors, and throw when there are none
    // left. Better here, while the program is put together, than in the middle of a connection.
    const asio::ip::tcp::socket tcp{io};
    const asio::ip::udp::socket udp{io};
    const asio::steady_timer timer{io};
    for (const auto& mapping : rules.map) give_address(comparable_host(mapping.from.host));
  }

  void give_address(const std::string& name) {
    if (IpAddress::parse(name) || mapped_names.contains(name)) return;
    const auto number = to_be(static_cast<std::uint16_t>(mapped_names.size() + 1));
    mapped_names[name] = {{kMappedNet[0], kMappedNet[1], number[0], number[1]}};
  }

  /// The host as the user would write it: the mapped name behind an address, or the address.
  std::string written(IpAddress address) const {
    for (const auto& [name, given] : mapped_names) {
      if (given == address) return name;
    }
    return address.text();
  }

  const HostMapping* mapping_of(const std::string& host, std::uint16_t port) const {
    const HostMapping* found = nullptr;
    for (const auto& mapping : rules.map) {
      if (!mapping.from.covers(host, port)) continue;
      if (mapping.from.port) return &mapping;
      if (!found) found = &mapping;
    }
    return found;
  }

  bool may_look_up(const std::string& host) const {
    return rules.allow.empty() ||
           std::any_of(rules.allow.begin(), rules.allow.end(), [&](const HostPort& peer) { return peer.names(host); });
  }

  bool may_reach(const std::string& host, Endpoint peer) const {
    if (rules.allow.empty()) return true;
    const auto known = known_addresses.find(peer.address);
    return std::any_of(rules.allow.begin(), rules.allow.end(), [&](const HostPort& allowed) {
      if (allowed.covers(host, peer.port)) return true;
      return known != known_addresses.end() &&
             std::any_of(known->second.begin(), known->second.end(),
                         [&](const std::string& name) { return allowed.covers(name, peer.port); });
    });
  }

  void remember(const std::string& name, const Addresses& addresses) {
    if (rules.allow.empty() || !addresses) return;
    if (known_addresses.size() > kMaxKnownAddresses) known_addresses.clear();
    for (const auto& address : *addresses) known_addresses[address].insert(name);
  }

  void complain(const std::string& peer) {
    if (complaints.size() < kMaxComplaints && complaints.insert(peer).second) {
      core->log.warning("{} is not among the allowed peers", peer);
    }
  }

  static void answer(const std::shared_ptr<HostCore>& core, const std::shared_ptr<Pending>& pending,
                     const Addresses& addresses) {
    if (!pending->done) return;
    core->entered([&] {
      if (const auto done = std::exchange(pending->done, nullptr)) done(addresses);
    });
  }

  void answer_later(const std::shared_ptr<Pending>& pending, Addresses addresses) {
    asio::post(core->io,
               [core = core, pending, addresses = std::move(addresses)] { answer(core, pending, addresses); });
  }

  void look_up(const std::string& name, const std::shared_ptr<Pending>& pending) {
    // Weak: the thread may be the last to let go of this, and the core is not its to destroy.
    names.resolve(name, [this, weak = std::weak_ptr{core}, pending, name](const Addresses& addresses) {
      const auto alive = weak.lock();
      if (!alive || !alive->open) return;
      remember(name, addresses);
      answer(alive, pending, addresses);
    });
  }

  /// Connects to what is only known by name on this side: the right side of a mapping.
  void connect_to_name(const std::shared_ptr<HostSession>& session, const std::string& host, std::uint16_t port) {
    names.resolve(host, [weak = std::weak_ptr{session}, port](const Addresses& addresses) {
      const auto alive = weak.lock();
      if (!alive) return;
      if (!addresses) return alive->fail(NetError::unreachable);
      alive->connect({addresses->front(), port});
    });
  }

  void start(const std::shared_ptr<HostSession>& session, Endpoint peer) {
    const auto host = written(peer.address);
    if (const auto* mapping = mapping_of(host, peer.port)) {
      core->log.debug("{}:{} leads to {}:{}", host, peer.port, mapping->to_host, mapping->to_port);
      if (const auto address = IpAddress::parse(mapping->to_host))
        return session->connect({*address, mapping->to_port});
      return connect_to_name(session, mapping->to_host, mapping->to_port);
    }
    if (!may_reach(host, peer)) {
      complain(fmt::format("{}:{}", host, peer.port));
      return session->fail(NetError::unreachable);
    }
    // A name of which only another port is mapped.
    if (mapped_names.contains(host)) return connect_to_name(session, host, peer.port);
    session->connect(peer);
  }

  /// Where the rules lead an echo request, if anywhere: a mapping of any port of the host counts.
  void ping(const std::shared_ptr<HostPing>& request, IpAddress peer) {
    const auto host = written(peer);
    const auto mapping = std::find_if(rules.map.begin(), rules.map.end(),
                                      [&](const HostMapping& candidate) { return candidate.from.names(host); });
    const bool mapped = mapping != rules.map.end();
    const auto known = known_addresses.find(peer);
    if (!mapped && !may_look_up(host) && known == known_addresses.end()) {
      complain(host);
      return request->fail();
    }
    const auto target = mapped ? mapping->to_host : peer.text();
    if (const auto address = IpAddress::parse(target)) return request->send(*address);
    names.resolve(target, [weak = std::weak_ptr{request}](const Addresses& addresses) {
      const auto alive = weak.lock();
      if (!alive) return;
      addresses ? alive->send(addresses->front()) : alive->fail();
    });
  }
};

AsioBearer::AsioBearer(asio::io_context& io, BearerRules rules, Enter enter, Logger log)
    : AsioBearer{io, std::move(rules), std::move(enter), std::move(log), look_up_ipv4} {}

AsioBearer::AsioBearer(asio::io_context& io, BearerRules rules, Enter enter, Logger log, LookUp look_up)
    : impl_{std::make_unique<Impl>(io, std::move(rules), std::move(enter), std::move(log), std::move(look_up))} {}

AsioBearer::~AsioBearer() {
  impl_->core->open = false;
  while (!impl_->core->lingering.empty()) std::shared_ptr {
      impl_->core->lingering.front()
      } -> close_now();
}

void AsioBearer::set_rules(BearerRules rules) {
  rules.local = impl_->rules.local;
  impl_->rules = std::move(rules);
  impl_->complaints.clear();
  for (const auto& mapping : impl_->rules.map) impl_->give_address(comparable_host(mapping.from.host));
}

void AsioBearer::set_local_address(IpAddress address) { impl_->rules.local = address; }

IpAddress AsioBearer::local_address() const { return impl_->rules.local; }

std::unique_ptr<Operation> AsioBearer::resolve(std::string_view host, std::function<void(Addresses)> done) {
  const auto pending = std::make_shared<Pending>(Pending{std::move(done)});
  const auto name = comparable_host(host);
  if (const auto address = IpAddress::parse(host)) {
    impl_->answer_later(pending, std::vector{*address});
  } else if (const auto mapped = impl_->mapped_names.find(name); mapped != impl_->mapped_names.end()) {
    impl_->answer_later(pending, std::vector{mapped->second});
  } else if (cannot_be_name(name)) {
    impl_->answer_later(pending, tl::unexpected{NetError::name_not_found});
  } else if (!impl_->may_look_up(name)) {
    impl_->complain(name);
    impl_->answer_later(pending, tl::unexpected{NetError::unreachable});
  } else {
    impl_->look_up(name, pending);
  }
  return std::make_unique<HostOperation<Pending, &Pending::abandon>>(pending);
}

std::unique_ptr<Link> AsioBearer::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  std::shared_ptr<HostSession> session;
  if (transport == Transport::tcp) {
    session = std::make_shared<TcpSession>(impl_->core, peer, observer);
  } else {
    session = std::make_shared<UdpSession>(impl_->core, peer, observer);
  }
  impl_->start(session, peer);
  return std::make_unique<AsioLink>(std::move(session));
}

std::unique_ptr<Operation> AsioBearer::ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) {
  auto request = std::make_shared<HostPing>(impl_->core, size, std::move(done));
  impl_->ping(request, peer);
  return std::make_unique<HostOperation<HostPing, &HostPing::abandon>>(std::move(request));
}

std::unique_ptr<Operation> AsioBearer::listen(Transport transport, std::uint16_t port, ListenObserver& observer) {
  const auto open = [&]<class Port>(std::shared_ptr<Port> listening) -> std::unique_ptr<Operation> {
    listening->open(port);
    return std::make_unique<HostOperation<Port, &Port::close>>(std::move(listening));
  };
  if (transport == Transport::udp) return open(std::make_shared<UdpPort>(impl_->core, observer));
  return open(std::make_shared<OpenPort>(impl_->core, observer));
}

}  // namespace quasimodem::net
