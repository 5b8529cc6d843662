// SPDX-License-Identifier: Apache-2.0
#include "net/sim/sim_network.hpp"

#include <algorithm>

#include "core/same_word.hpp"
#include "net/late_operation.hpp"

namespace quasimodem::net {
namespace {

// RFC 5737: reserved for documentation, so nobody's real address.
constexpr IpAddress kFirstAddress{{198, 51, 100, 0}};

/// A port of the module; closed by destruction.
class SimPort final : public Operation {
 public:
  using Ports = std::map<SimNetwork::OpenPort, ListenObserver*>;

  SimPort(Timeline& timeline, std::shared_ptr<Ports> ports, SimNetwork::OpenPort number, ListenObserver& observer)
      : ports_{std::move(ports)}, number_{number}, observer_{observer}, telling_{timeline} {}
  ~SimPort() override {
    if (is_open_) ports_->erase(number_);
  }

  void open(bool possible) {
    is_open_ = possible && ports_->emplace(number_, &observer_).second;
    telling_.start({}, [this] { is_open_ ? observer_.listening() : observer_.listen_failed(NetError::no_resources); });
  }

 private:
  std::shared_ptr<Ports> ports_;
  SimNetwork::OpenPort number_;
  ListenObserver& observer_;
  Timer telling_;
  bool is_open_ = false;
};

}  // namespace

/// The module's handle on a SimConnection.
class SimLink final : public Link {
 public:
  SimLink(std::shared_ptr<detail::SimWire> wire, std::shared_ptr<SimConnection> connection)
      : wire_{std::move(wire)}, connection_{std::move(connection)} {
    ++wire_->links;
  }
  ~SimLink() override {
    --wire_->links;
    connection_->module_leaves(SimConnection::End::in_order);
  }

  std::size_t send(ByteSpan data) override { return connection_->module_sends(data); }
  void pause() override { connection_->module_pauses(); }
  void resume() override { connection_->module_resumes(); }
  std::size_t unacknowledged() const override { return peer_acknowledges() ? connection_->unacknowledged_ : 0; }
  void abort() override { connection_->module_leaves(SimConnection::End::reset); }
  Endpoint peer() const override { return connection_->endpoint(); }

 private:
  bool peer_acknowledges() const { return connection_->transport() == Transport::tcp; }

  std::shared_ptr<detail::SimWire> wire_;
  std::shared_ptr<SimConnection> connection_;
};

SimNetwork::SimNetwork(Timeline& timeline)
    : timeline_{timeline},
      wire_{std::make_shared<detail::SimWire>(detail::SimWire{timeline, this})},
      open_ports_{std::make_shared<std::map<OpenPort, ListenObserver*>>()} {}

SimNetwork::~SimNetwork() { wire_->network = nullptr; }

// ── the world ──

void SimNetwork::add_name(std::string_view host, std::vector<IpAddress> addresses) {
  names_[lower_case(host)] = {.addresses = std::move(addresses)};
}

void SimNetwork::add_silent_name(std::string_view host) { names_[lower_case(host)] = {.silent = true}; }

void SimNetwork::add_failing_name(std::string_view host, NetError error) {
  names_[lower_case(host)] = {.error = error};
}

SimListener& SimNetwork::listen(std::string_view host, std::uint16_t port, Transport transport) {
  auto& listener = listeners_[{Endpoint{address_of(host), port}, transport}];
  if (!listener) listener = std::make_unique<SimListener>();
  listener->answer = SimListener::Answer::accept;
  return *listener;
}

SimListener& SimNetwork::refuse(std::string_view host, std::uint16_t port, NetError error) {
  auto& listener = listen(host, port);
  listener.answer = SimListener::Answer::fail;
  listener.error = error;
  return listener;
}

SimListener& SimNetwork::ignore(std::string_view host, std::uint16_t port) {
  auto& listener = listen(host, port);
  listener.answer = SimListener::Answer::ignore;
  return listener;
}

IpAddress SimNetwork::address_of(std::string_view host) {
  if (const auto address = IpAddress::parse(host)) return *address;
  auto& name = names_[lower_case(host)];
  if (name.addresses.empty()) {
    name.addresses.push_back(kFirstAddress);
    name.addresses.front().octets[3] = ++addresses_given_;
  }
  return name.addresses.front();
}

void SimNetwork::set_latency(Duration latency) { wire_->latency = latency; }

// ── failure points ──

void SimNetwork::fail_operation(std::size_t n) {
  wire_->operations = 0;
  wire_->failing = n;
}

std::size_t SimNetwork::operations() const { return wire_->operations; }

std::size_t SimNetwork::open_links() const { return wire_->links; }

// ── Bearer ──

std::unique_ptr<Operation> SimNetwork::resolve(std::string_view host, std::function<void(Addresses)> done) {
  const auto name = lower_case(host);  // names compare without case (RFC 1035 2.3.3)
  const auto known = names_.find(name);
  Addresses answer = look_up(name);
  auto operation = std::make_unique<LateOperation>(timeline_);
  if (wire_->next_fails()) {
    answer = tl::unexpected{NetError::name_failed};
  } else if (known != names_.end() && known->second.silent) {
    return operation;
  }
  operation->answer_after(2 * wire_->latency, [answer = std::move(answer), done = std::move(done)] { done(answer); });
  return operation;
}

Bearer::Addresses SimNetwork::look_up(const std::string& host) const {
  if (const auto address = IpAddress::parse(host)) return std::vector{*address};
  const auto known = names_.find(host);
  if (known == names_.end()) return tl::unexpected{NetError::name_not_found};
  if (known->second.error) return tl::unexpected{*known->second.error};
  if (known->second.addresses.empty()) return tl::unexpected{NetError::name_not_found};
  return known->second.addresses;
}

std::unique_ptr<Link> SimNetwork::connect(Transport transport, Endpoint peer, LinkObserver& observer) {
  auto connection = std::make_shared<SimConnection>(wire_, transport, peer, &observer);
  if (wire_->next_fails()) {
    connection->failed(NetError::no_resources);
  } else if (transport == Transport::udp) {
    timeline_.post([connection] { connection->established(); });
  } else {
    connection->to_peer([](SimConnection& self) {
      if (self.wire_->network) self.wire_->network->syn_arrived(self);
    });
  }
  return std::make_unique<SimLink>(wire_, std::move(connection));
}

std::unique_ptr<Operation> SimNetwork::ping(IpAddress peer, std::size_t, std::function<void(Echoed)> done) {
  static constexpr int kTtl = 255;
  const bool exists = why_nobody_listens(peer) == NetError::refused;
  auto operation = std::make_unique<LateOperation>(timeline_);
  if (exists && !without_echo_.contains(peer)) {
    operation->answer_after(2 * wire_->latency, [done = std::move(done)] { done(kTtl); });
  }
  return operation;
}

std::unique_ptr<Operation> SimNetwork::listen(Transport transport, std::uint16_t port, ListenObserver& observer) {
  auto operation = std::make_unique<SimPort>(timeline_, open_ports_, OpenPort{transport, port}, observer);
  operation->open(!wire_->next_fails());
  return operation;
}

std::shared_ptr<SimConnection> SimNetwork::call_in(std::uint16_t port, Endpoint from, Transport transport) {
  auto connection = std::make_shared<SimConnection>(wire_, transport, from, nullptr);
  connection->known_ = true;
  connection->to_module([port, connection](SimConnection& self) {
    if (self.wire_->network) self.wire_->network->call_arrived(port, connection);
  });
  return connection;
}

void SimNetwork::call_arrived(std::uint16_t port, const std::shared_ptr<SimConnection>& connection) {
  const auto listening = open_ports_->find({connection->transport(), port});
  if (listening == open_ports_->end()) return connection->refused_by_module();
  bool taken = false;
  listening->second->connection_arrived(connection->endpoint(), [&](LinkObserver& observer) {
    taken = true;
    connection->accepted_by_module(observer);
    return std::make_unique<SimLink>(wire_, connection);
  });
  if (!taken) connection->refused_by_module();
}

SimListener* SimNetwork::find(Endpoint peer, Transport transport) {
  const auto found = listeners_.find({peer, transport});
  return found == listeners_.end() ? nullptr : found->second.get();
}

NetError SimNetwork::why_nobody_listens(IpAddress peer) const {
  const bool listens = std::any_of(listeners_.begin(), listeners_.end(),
                                   [&](const auto& entry) { return entry.first.first.address == peer; });
  const bool has_name = std::any_of(names_.begin(), names_.end(), [&](const auto& entry) {
    const auto& addresses = entry.second.addresses;
    return std::find(addresses.begin(), addresses.end(), peer) != addresses.end();
  });
  return listens || has_name ? NetError::refused : NetError::unreachable;
}

void SimNetwork::syn_arrived(SimConnection& connection) {
  if (!connection.observer_) return;
  auto* listener = find(connection.endpoint(), Transport::tcp);
  if (!listener) return connection.failed(why_nobody_listens(connection.endpoint().address));
  switch (listener->answer) {
    case SimListener::Answer::accept: return accept(*listener, connection);
    case SimListener::Answer::fail: return connection.failed(listener->error);
    case SimListener::Answer::ignore: return;
  }
}

bool SimNetwork::datagram_arrived(SimConnection& connection) {
  auto* listener = find(connection.endpoint(), Transport::udp);
  if (!listener || listener->answer != SimListener::Answer::accept) return false;
  accept(*listener, connection);
  return true;
}

void SimNetwork::accept(SimListener& listener, SimConnection& connection) {
  connection.accepted(listener.window);
  listener.connections.push_back(connection.shared_from_this());
  if (const auto handler = listener.on_accept) handler(connection);
}

}  // namespace quasimodem::net
