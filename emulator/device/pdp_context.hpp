// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/server.hpp"
#include "emulator/device/states.hpp"
#include "emulator/device/stream.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "net/bearer.hpp"
#include "net/falling_bearer.hpp"

namespace quasimodem::device {

inline constexpr int kSockets = 6;  ///< <index> and <ssid> share 0–5 (SSL 1.3)

/// The TCP/IP state machine of one context, AT+QISTAT (M66 11.9) and SSL 2.2.6. The values are the ATV0 digits.
enum class TcpIpState {
  ip_initial = 0,
  ip_start = 1,
  ip_config = 2,
  ip_ind = 3,
  ip_gprsact = 4,
  ip_status = 5,
  connecting = 6,
  ip_close = 7,
  connect_ok = 8,
  pdp_deact = 9,
  ip_processing = 10,  // ASSUMED: the digit; the manual gives none
};

/// `IP INITIAL` …
std::string_view name_of(TcpIpState state);

class Pace;
class PdpContext;
class SslContexts;
class StartTlsStream;

/// What stands between a context and its network.
class Gateway {
 public:
  /// Why this context gets no address now, in words for the log; none: it gets one.
  virtual std::optional<std::string> objection(const PdpContext& context) const = 0;

 protected:
  ~Gateway() = default;
};

/// A service that works on a context, beside its sockets.
class Tenant {
 public:
  /// The context ends. Whatever is to be said of it is said now; of the network nothing comes any more.
  virtual void evicted() = 0;

 protected:
  ~Tenant() = default;
};

/// One PDP context: bearer, state machine, the six sockets and the services that live on it.
class PdpContext {
 public:
  using Done = std::function<void(bool succeeded)>;

  struct Surroundings {
    Timeline& timeline;
    net::Bearer& bearer;
    Gateway& gateway;
    Pace& pace;
    EventSink& events;
    SslContexts& ssl;
    Logger log;
    Journal journal{};
  };

  PdpContext(int id, Surroundings surroundings);

  int id() const { return id_; }
  TcpIpState state() const { return state_; }
  Access access;
  /// Until the next activation, which overwrites them (M66 11.12).
  NameServers name_servers;

  /// Has the last word when the context asks for an address; none: yes.
  std::function<bool()> grants;

  // Which state allows what (at-reference 2.2). Only the manual forbids QIREGAPP outside IP INITIAL, QIACT outside IP
  // START and QIOPEN in IP START; no log shows a module that does otherwise. Where one does, in AT+QIDEACT (quirk Q5),
  // QIOPEN and QSSLOPEN after QIACT (quirk Q6) and AT+QIDNSCFG (field report 2), the log counts.

  /// AT+QIREGAPP: IP INITIAL → IP START. False in any other state.
  bool register_application();
  /// AT+QIACT: IP START → IP CONFIG → IP IND → IP GPRSACT, or PDP DEACT. False at once in any other state.
  bool activate(Done done);
  /// AT+QIDEACT: closes everything → IP INITIAL. Secure sockets that were being opened report their failure.
  // ASSUMED: open ones end without a URC, because the TE itself asked for it.
  void deactivate(std::function<void()> done);
  /// AT+QILOCIP: IP GPRSACT → IP STATUS. Nothing while no address is assigned.
  std::optional<net::IpAddress> query_local_address();
  bool active() const;
  /// Up, or on the way there.
  bool in_use() const { return active() || state_ == TcpIpState::ip_config || state_ == TcpIpState::ip_ind; }
  /// Nothing while no address is assigned.
  std::optional<net::IpAddress> address() const;
  /// The network as long as this context is up: nothing leaves the module without it. What is under way when the
  /// context ends fails with NetError::no_bearer.
  net::Bearer& bearer() { return bearer_; }
  /// What commands do that need a bearer and bring it up themselves; `done(false)` when there is none to be had.
  void when_up(Done done) { bring_up(std::move(done)); }

  /// The context went away: sockets are dead, `BearerEnded` (if there was an address) and `ContextLost` follow.
  void lose(EndedBy by);
  /// Power is gone: everything ends. Peers hear of it when there is time to tell them.
  void power_off(PowerLoss loss);
  /// Puts the context into a state that it had before, without a word. Its sockets stay behind: a connection is over,
  /// an activation under way has not begun.
  void restore(TcpIpState state);

  enum class Opening {
    begun,              ///< OK, the result follows as an event
    already_connected,  ///< single session: ALREADY CONNECT instead of OK
    refused,            ///< not in this state
  };
  /// AT+QIOPEN. From IP INITIAL the context is brought up first (M66 11.1 note 1).
  Opening open(Sessions sessions, int index, Stream::Target target);

  /// AT+QSSLOPEN with the settings of `ssl_context`. `SecureOpened` follows in every case but `refused`.
  Opening open_secure(int index, int ssl_context, Stream::Target target);

  /// A byte stream on this context, for a socket or any other service: plain, or with the settings that an SSL context
  /// has now. `open` begins. Or why they are of no use; that is in the log as well, under the name of who opens it.
  template <class Kind>
  using MadeAs = tl::expected<std::unique_ptr<Kind>, std::string>;
  using Made = MadeAs<Stream>;
  Made make_stream(std::string_view who, Stream::Target target, Stream::Callbacks callbacks,
                   std::optional<int> ssl_context = std::nullopt);
  /// The same in clear until its owner begins TLS on it.
  MadeAs<StartTlsStream> make_start_tls_stream(std::string_view who, Stream::Target target, Stream::Callbacks callbacks,
                                               int ssl_context);

  /// The socket's connection; also one that the peer has ended, until its index is used again. Null when never used.
  Stream* socket(int index, Role role = Role::client);
  const Stream* socket(int index, Role role = Role::client) const {
    return const_cast<PdpContext*>(this)->socket(index, role);
  }
  bool any_live() const;
  /// For the rows of AT+QISTATE and AT+QSSLSTATE: the socket of a client, or one that was closed and still has to hand
  /// over what the TE sent. Null: nothing is there.
  const Stream* listed(int index) const;

  /// From now on `tenant` hears of the context's end. It must leave, or be evicted, before it is destroyed.
  void enter(Tenant& tenant) { tenants_.insert(&tenant); }
  void leave(Tenant& tenant) { tenants_.erase(&tenant); }
  /// The services on it end; the rest goes on.
  void evict();

  /// AT+QICLOSE, AT+QSSLCLOSE. False when there is nothing to close.
  bool close(Sessions sessions, int index);

  /// AT+QISERVER; `ServerOpened` follows. The context is brought up first. False when it listens already.
  bool serve(net::Transport transport, std::uint16_t port, int most_clients);
  const Server& server() const { return server_; }
  Server& server() { return server_; }

 private:
  void enter(TcpIpState state);
  template <class Secure>
  MadeAs<Secure> make_secure(std::string_view who, Stream::Target target, Stream::Callbacks callbacks, int ssl_context);
  bool halted() const { return state_ == TcpIpState::pdp_deact; }
  void bring_up(Done done);
  void start(Sessions sessions, int index);
  void opened(Sessions sessions, int index, Stream::Outcome outcome);
  void ended(Sessions sessions, int index);
  void secure_opened(int index, Stream::Outcome outcome);
  void note_bearer(std::string_view event) const;
  void note_socket(int index, std::string_view event, std::string_view reason = {}) const;
  void note_handshake(int index) const;
  void report_unopened(int index, ConnectCode code);
  /// After the answer of the command that caused it.
  void report_later(const Event& event);
  net::IpAddress local_address() const;
  enum class Ending { asked_for, bearer_lost, supply_cut };
  /// The bearer falls with it.
  void close_all(Ending ending);

  int id_;
  Surroundings surroundings_;
  TcpIpState state_ = TcpIpState::ip_initial;
  Timer transition_;
  Done activation_done_;
  int activations_ = 0;
  net::FallingBearer bearer_;
  std::array<std::unique_ptr<Stream>, kSockets> sockets_;
  /// Closed by the TE, with something still to hand over; their indices are free.
  std::array<std::unique_ptr<Stream>, kSockets> closing_;
  std::set<Tenant*> tenants_;
  /// What is reported later finds out that the module was unplugged meanwhile.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Server server_;
};

}  // namespace quasimodem::device
