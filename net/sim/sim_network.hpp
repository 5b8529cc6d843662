// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/timeline.hpp"
#include "net/bearer.hpp"
#include "net/sim/sim_connection.hpp"

namespace quasimodem::net {

/// What a simulated peer does with whoever connects to one of its ports. Change it at any time; it counts when the
/// module's SYN (or first datagram) arrives.
struct SimListener {
  enum class Answer {
    accept,  ///< connected; says nothing by itself
    fail,    ///< the connection cannot be made, for the reason `error`
    ignore,  ///< the SYN is never answered
  };

  Answer answer = Answer::accept;
  NetError error = NetError::refused;
  /// Bytes the module may have under way before `send` refuses.
  std::size_t window = SimConnection::kDefaultWindow;
  /// A TLS server or any other behaviour is attached here.
  std::function<void(SimConnection&)> on_accept;
  /// Everyone accepted so far, oldest first. They live as long as the network, also after they ended.
  std::vector<std::shared_ptr<SimConnection>> connections;

  /// The connection accepted last. There must be one.
  SimConnection& last() const { return *connections.back(); }
};

/// An internet in memory, for tests: names, ports and peers under the test's control. Deterministic; all that happens
/// happens in entries of the Timeline.
///
///     SimNetwork network{timeline};
///     network.listen("example.test", 443).on_accept = [](SimConnection& peer) { peer.send("hello"); };
class SimNetwork final : public Bearer {
 public:
  /// A port of the module that is open.
  using OpenPort = std::pair<Transport, std::uint16_t>;

  explicit SimNetwork(Timeline& timeline);
  ~SimNetwork() override;

  // ── the world ──

  /// A name and its addresses. Names compare without case. Known names are replaced.
  void add_name(std::string_view host, std::vector<IpAddress> addresses);
  /// The name server never answers for this name.
  void add_silent_name(std::string_view host);
  /// The name server answers with an error for this name, by default "did not answer".
  void add_failing_name(std::string_view host, NetError error = NetError::name_failed);

  /// A peer that accepts. `host` is a dotted address or a name; a new name gets the next address of 198.51.100.0/24.
  /// The reference stays valid; calling again gives the same listener, accepting again.
  SimListener& listen(std::string_view host, std::uint16_t port, Transport transport = Transport::tcp);
  /// A peer that accepts and then never says anything: the same as `listen` without `on_accept`.
  SimListener& listen_silently(std::string_view host, std::uint16_t port) { return listen(host, port); }
  /// A peer that cannot be connected to.
  SimListener& refuse(std::string_view host, std::uint16_t port, NetError error = NetError::refused);
  /// A peer that never answers the SYN.
  SimListener& ignore(std::string_view host, std::uint16_t port);

  /// The first address of a name, or the dotted address itself. Unknown names become known as in `listen`.
  IpAddress address_of(std::string_view host);

  /// One-way delay of everything, zero at first. A look-up and a connection take two of them.
  void set_latency(Duration latency);
  /// The address of the next context; 10.1.83.188 at first, as in the application note's examples.
  void set_local_address(IpAddress address) { local_ = address; }

  /// An address that exists, but whose ICMP echo requests go unanswered.
  void ignore_pings(IpAddress address) { without_echo_.insert(address); }

  /// Someone out there connects to a port of the module. Nobody listens there: refused. With UDP it is the moment
  /// before the first datagram.
  std::shared_ptr<SimConnection> call_in(std::uint16_t port, Endpoint from, Transport transport = Transport::tcp);

  // ── failure points ──

  /// Makes the n-th operation from now on fail, once; 0 = none. Operations are look-ups (name_failed), connections
  /// (no_resources), non-empty sends (nothing taken, the link is reset) and deliveries (the link is reset instead).
  void fail_operation(std::size_t n);
  /// Operations counted since the construction or the last `fail_operation`. Below n: the sweep is at its end.
  std::size_t operations() const;

  /// Link objects the module has not destroyed.
  std::size_t open_links() const;

  // ── Bearer ──

  IpAddress local_address() const override { return local_; }
  std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override;
  /// An address without listener or name is unreachable; others refuse on ports where nobody listens.
  std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) override;
  /// Everyone with a name or a listener answers, with TTL 255; others are silent.
  std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) override;
  std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) override;

 private:
  struct Name {
    std::vector<IpAddress> addresses;
    std::optional<NetError> error;
    bool silent = false;
  };
  using Port = std::pair<Endpoint, Transport>;

  Addresses look_up(const std::string& host) const;
  SimListener* find(Endpoint peer, Transport transport);
  NetError why_nobody_listens(IpAddress peer) const;
  friend class SimConnection;
  void syn_arrived(SimConnection& connection);
  /// The first datagram of an association. False: nobody is there to hear it.
  bool datagram_arrived(SimConnection& connection);
  void accept(SimListener& listener, SimConnection& connection);
  void call_arrived(std::uint16_t port, const std::shared_ptr<SimConnection>& connection);

  Timeline& timeline_;
  std::shared_ptr<detail::SimWire> wire_;
  IpAddress local_{{10, 1, 83, 188}};
  std::map<std::string, Name> names_;
  std::map<Port, std::unique_ptr<SimListener>> listeners_;
  std::set<IpAddress> without_echo_;
  /// The module's own ports. Shared with the operations, which may outlive the network.
  std::shared_ptr<std::map<OpenPort, ListenObserver*>> open_ports_;
  std::uint8_t addresses_given_ = 0;
};

}  // namespace quasimodem::net
