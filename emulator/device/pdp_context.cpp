// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/pdp_context.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/plain_stream.hpp"
#include "emulator/device/secure_stream.hpp"
#include "emulator/device/ssl_contexts.hpp"
#include "emulator/device/start_tls_stream.hpp"
#include "emulator/device/tls_record.hpp"
#include "tls/client_session.hpp"

namespace quasimodem::device {

std::string_view name_of(TcpIpState state) {
  constexpr std::array<std::string_view, 11> kNames{"IP INITIAL", "IP START",  "IP CONFIG",    "IP IND",
                                                    "IP GPRSACT", "IP STATUS", "CONNECTING",   "IP CLOSE",
                                                    "CONNECT OK", "PDP DEACT", "IP PROCESSING"};
  return kNames[static_cast<std::size_t>(state)];
}

namespace {

std::string socket_name(int index) { return fmt::format("socket{}", index); }

/// Where a state leads when what was under way in it is gone.
TcpIpState without_work(TcpIpState state) {
  switch (state) {
    case TcpIpState::ip_config:
    case TcpIpState::ip_ind: return TcpIpState::ip_start;
    case TcpIpState::connecting:
    case TcpIpState::connect_ok: return TcpIpState::ip_close;
    case TcpIpState::ip_processing: return TcpIpState::ip_status;
    default: return state;
  }
}

}  // namespace

PdpContext::PdpContext(int id, Surroundings surroundings)
    : id_{id},
      surroundings_{std::move(surroundings)},
      transition_{surroundings_.timeline},
      bearer_{surroundings_.timeline, surroundings_.bearer},
      server_{id, {surroundings_.timeline, bearer_, surroundings_.log.part("server")}, surroundings_.events} {}

void PdpContext::enter(TcpIpState state) {
  if (state == state_) return;
  state_ = state;
  surroundings_.log.debug("context {}: {}", id_, name_of(state));
  surroundings_.journal.write(RecordKind::state, {{"what", "tcpip"}, {"context", id_}, {"state", name_of(state)}});
}

// ---- what the journal hears

void PdpContext::note_bearer(std::string_view event) const {
  if (!surroundings_.journal) return;
  surroundings_.journal.write(
      RecordKind::bearer,
      {{"event", event}, {"context", id_}, {"apn", access.apn}, {"address", active() ? local_address().text() : ""}});
}

void PdpContext::note_socket(int index, std::string_view event, std::string_view reason) const {
  const auto* socket = this->socket(index);
  if (!surroundings_.journal || !socket) return;
  const auto& target = socket->target();
  const auto transport = socket->secure() ? "ssl" : target.transport == net::Transport::tcp ? "tcp" : "udp";
  surroundings_.journal.write(RecordKind::socket, {{"event", event},
                                                   {"context", id_},
                                                   {"socket", index},
                                                   {"transport", transport},
                                                   {"host", target.host},
                                                   {"port", target.port},
                                                   {"peer", socket->peer() ? socket->peer()->text() : ""},
                                                   {"reason", reason}});
}

void PdpContext::note_handshake(int index) const {
  if (const auto* session = socket(index)->session())
    device::note_handshake(surroundings_.journal, *session, id_, {"socket", index});
}

// ---- bringing the context up and down ----

// ASSUMED: not in IP START either; one driver sends it there again, and what it was answered is not known.
bool PdpContext::register_application() {
  if (state_ != TcpIpState::ip_initial) return false;
  enter(TcpIpState::ip_start);
  return true;
}

bool PdpContext::activate(Done done) {
  if (state_ != TcpIpState::ip_start) return false;
  activation_done_ = std::move(done);
  enter(TcpIpState::ip_config);
  // ASSUMED: IP CONFIG lasts as long as it takes to ask the network, IP IND until it has answered. A context that
  // cannot be activated ends in PDP DEACT, from where only AT+QIDEACT leads on (at-reference 8).
  transition_.start(Duration::zero(), [this] {
    enter(TcpIpState::ip_ind);
    transition_.start(surroundings_.pace.next(&Timing::activate), [this] {
      const auto objection = surroundings_.gateway.objection(*this);
      if (objection) surroundings_.log.warning("context {} cannot be activated: {}", id_, *objection);
      const bool possible = !objection && (!grants || grants());
      if (possible) {
        ++activations_;
        bearer_.rise();
        name_servers = {};
      }
      enter(possible ? TcpIpState::ip_gprsact : TcpIpState::pdp_deact);
      note_bearer(possible ? "up" : "refused");
      std::exchange(activation_done_, {})(possible);
    });
  });
  return true;
}

void PdpContext::bring_up(Done done) {
  if (active()) return done(true);
  register_application();
  if (state_ != TcpIpState::ip_start) return done(false);  // halted, or somebody else's activation is under way
  activate(std::move(done));
}

void PdpContext::deactivate(std::function<void()> done) {
  close_all(Ending::asked_for);
  for (auto& socket : sockets_) socket.reset();
  const bool was_down = state_ == TcpIpState::ip_initial || state_ == TcpIpState::pdp_deact;
  // The activation under way is abandoned; who waits for it hears that it failed.
  if (auto waiting = std::exchange(activation_done_, {})) waiting(false);
  transition_.start(was_down ? Duration::zero() : surroundings_.pace.next(&Timing::deactivate),
                    [this, done = std::move(done)] {
                      enter(TcpIpState::ip_initial);
                      note_bearer("down");
                      done();
                    });
}

bool PdpContext::active() const {
  switch (state_) {
    case TcpIpState::ip_initial:
    case TcpIpState::ip_start:
    case TcpIpState::ip_config:
    case TcpIpState::ip_ind:
    case TcpIpState::pdp_deact: return false;
    default: return true;
  }
}

std::optional<net::IpAddress> PdpContext::query_local_address() {
  if (!active()) return std::nullopt;
  if (state_ == TcpIpState::ip_gprsact) enter(TcpIpState::ip_status);
  return local_address();
}

std::optional<net::IpAddress> PdpContext::address() const {
  return active() ? std::optional{local_address()} : std::nullopt;
}

net::IpAddress PdpContext::local_address() const {
  // ASSUMED: the network gives the next address of its pool at every activation; a host must not rely on the old one.
  auto address = surroundings_.bearer.local_address();
  address.octets[3] = static_cast<std::uint8_t>(address.octets[3] + activations_ - 1);
  return address;
}

void PdpContext::lose(EndedBy by) {
  if (state_ == TcpIpState::ip_initial || state_ == TcpIpState::ip_start || halted()) return;
  const auto address = query_local_address();
  close_all(Ending::bearer_lost);
  transition_.cancel();
  enter(TcpIpState::pdp_deact);
  note_bearer("lost");
  if (auto waiting = std::exchange(activation_done_, {})) waiting(false);
  // ASSUMED: under which <cid> AT+CGEREP knows the contexts of AT+QIFGCNT.
  if (address) surroundings_.events.on_event(BearerEnded{by, id_ + 1, address->text()});
  // Quirk Q10: plain sockets are dead without a CLOSED line each.
  surroundings_.events.on_event(ContextLost{id_});
}

void PdpContext::power_off(PowerLoss loss) {
  transition_.cancel();
  activation_done_ = {};
  close_all(loss == PowerLoss::sudden ? Ending::supply_cut : Ending::asked_for);
  for (auto& socket : sockets_) socket.reset();
  state_ = TcpIpState::ip_initial;
}

void PdpContext::restore(TcpIpState state) {
  power_off(PowerLoss::orderly);
  enter(without_work(state));
  if (active()) bearer_.rise();
}

// ---- sockets ----

Stream* PdpContext::socket(int index, Role role) {
  return role == Role::client ? sockets_.at(static_cast<std::size_t>(index)).get() : server_.client(index);
}

const Stream* PdpContext::listed(int index) const {
  const auto place = static_cast<std::size_t>(index);
  return sockets_.at(place) ? sockets_[place].get() : closing_[place].get();
}

bool PdpContext::any_live() const {
  if (server_.state() != Server::State::initial) return true;
  return std::any_of(sockets_.begin(), sockets_.end(), [](const auto& socket) { return socket && socket->live(); });
}

PdpContext::Made PdpContext::make_stream(std::string_view who, Stream::Target target, Stream::Callbacks callbacks,
                                         std::optional<int> ssl_context) {
  if (ssl_context) return make_secure<SecureStream>(who, std::move(target), std::move(callbacks), *ssl_context);
  Stream::Surroundings surroundings{surroundings_.timeline, bearer_, surroundings_.log.part(who)};
  return std::make_unique<PlainStream>(std::move(surroundings), std::move(target), std::move(callbacks));
}

PdpContext::MadeAs<StartTlsStream> PdpContext::make_start_tls_stream(std::string_view who, Stream::Target target,
                                                                     Stream::Callbacks callbacks, int ssl_context) {
  return make_secure<StartTlsStream>(who, std::move(target), std::move(callbacks), ssl_context);
}

template <class Secure>
PdpContext::MadeAs<Secure> PdpContext::make_secure(std::string_view who, Stream::Target target,
                                                   Stream::Callbacks callbacks, int ssl_context) {
  Stream::Surroundings surroundings{surroundings_.timeline, bearer_, surroundings_.log.part(who)};
  auto& ssl = surroundings_.ssl;
  auto session = ssl.session(ssl_context, target.host, surroundings.log);
  if (!session) return tl::unexpected{session.error()};
  if (ssl.on_secure_host) target.looked_up = ssl.on_secure_host(target.host);
  return std::make_unique<Secure>(std::move(surroundings), std::move(target), std::move(callbacks), std::move(*session),
                                  ssl.handshake_time(ssl_context));
}

PdpContext::Opening PdpContext::open(Sessions sessions, int index, Stream::Target target) {
  // MANUAL M66 11.1: in IP INITIAL, not in IP START; nor while the activation is under way.
  if (!active() && state_ != TcpIpState::ip_initial) return Opening::refused;
  auto& socket = sockets_.at(static_cast<std::size_t>(index));
  if (socket && socket->live()) {
    if (sessions == Sessions::single) return Opening::already_connected;
    // OBSERVED M95, quirk Q8: `<n>, CONNECT FAIL` for an index in use. ASSUMED: after OK, like every other result.
    report_later(ConnectFailed{id_, index});
    return Opening::begun;
  }
  socket =
      *make_stream(socket_name(index), std::move(target),
                   {
                       .opened = [this, sessions, index](Stream::Outcome outcome) { opened(sessions, index, outcome); },
                       .arrived =
                           [this, index] {
                             surroundings_.events.on_event(DataArrived{id_, index});
                           },
                       .packet =
                           [this, index](Stream::Packet packet) {
                             surroundings_.events.on_event(
                                 PacketArrived{id_, index, Role::client, packet.waiting, packet.length, packet.octets});
                           },
                       .ended = [this, sessions, index] { ended(sessions, index); },
                       .writable =
                           [this, index] {
                             surroundings_.events.on_event(SocketWritable{id_, index});
                           },
                   });
  bring_up([this, sessions, index](bool up) {
    auto* waiting = this->socket(index);
    if (!waiting || !waiting->live()) return;
    if (up) {
      start(sessions, index);
    } else {
      waiting->fail("no bearer");
    }
  });
  return Opening::begun;
}

void PdpContext::start(Sessions sessions, int index) {
  enter(sessions == Sessions::multiple ? TcpIpState::ip_processing : TcpIpState::connecting);
  note_socket(index, "opening");
  socket(index)->open();
}

void PdpContext::opened(Sessions sessions, int index, Stream::Outcome outcome) {
  const bool connected = outcome == Stream::Outcome::connected;
  if (sessions == Sessions::single && active()) {
    // ASSUMED: IP CLOSE after a connection that could not be made (at-reference 8).
    enter(connected ? TcpIpState::connect_ok : TcpIpState::ip_close);
  }
  note_socket(index, connected ? "connected" : "failed", socket(index)->reason());
  if (!connected) sockets_.at(static_cast<std::size_t>(index)).reset();
  if (connected) {
    surroundings_.events.on_event(Connected{id_, index});
  } else {
    surroundings_.events.on_event(ConnectFailed{id_, index});
  }
}

void PdpContext::ended(Sessions sessions, int index) {
  if (sessions == Sessions::single) enter(TcpIpState::ip_close);
  note_socket(index, "ended", socket(index)->reason());
  surroundings_.events.on_event(RemoteClosed{id_, index});
}

void PdpContext::report_unopened(int index, ConnectCode code) { report_later(SecureOpened{id_, index, code}); }

void PdpContext::report_later(const Event& event) {
  surroundings_.timeline.post([this, event, alive = std::weak_ptr{alive_}] {
    if (!alive.expired()) surroundings_.events.on_event(event);
  });
}

PdpContext::Opening PdpContext::open_secure(int index, int ssl_context, Stream::Target target) {
  if (halted()) return Opening::refused;
  auto& socket = sockets_.at(static_cast<std::size_t>(index));
  if (socket && (socket->live() || socket->awaits_result())) {
    report_unopened(index, ConnectCode::occupied);
    return Opening::begun;
  }
  // ASSUMED: without a bearer QSSLOPEN fails and, unlike QIOPEN, does not bring one up (at-reference 8).
  if (!active()) {
    surroundings_.log.part(socket_name(index)).warning("QSSLOPEN without an active context; AT+QIACT first");
    report_unopened(index, ConnectCode::error);
    return Opening::begun;
  }
  auto stream = make_stream(socket_name(index), std::move(target),
                            {
                                .opened = [this, index](Stream::Outcome outcome) { secure_opened(index, outcome); },
                                .arrived =
                                    [this, index] {
                                      surroundings_.events.on_event(DataArrived{id_, index});
                                    },
                                .packet = {},
                                .ended =
                                    [this, index] {
                                      note_socket(index, "ended", this->socket(index)->reason());
                                      surroundings_.events.on_event(SecureClosed{id_, index});
                                    },
                                .writable =
                                    [this, index] {
                                      surroundings_.events.on_event(SocketWritable{id_, index});
                                    },
                            },
                            ssl_context);
  if (!stream) {
    report_unopened(index, ConnectCode::error);
    return Opening::begun;
  }
  socket = std::move(*stream);
  start(Sessions::multiple, index);
  return Opening::begun;
}

void PdpContext::secure_opened(int index, Stream::Outcome outcome) {
  const bool connected = outcome == Stream::Outcome::connected;
  note_handshake(index);
  note_socket(index, connected ? "connected" : "failed", socket(index)->reason());
  if (!connected) sockets_.at(static_cast<std::size_t>(index)).reset();
  surroundings_.events.on_event(SecureOpened{id_, index, connected ? ConnectCode::success : ConnectCode::error});
}

bool PdpContext::close(Sessions sessions, int index) {
  auto& socket = sockets_.at(static_cast<std::size_t>(index));
  if (!socket) return false;
  const bool was_live = socket->live();
  if (!was_live && socket->awaits_result()) return false;  // it has failed and is about to say so
  // ASSUMED: an error, as for every connection that the peer has ended; an error leaves what is unread where it is.
  if (socket->state() == SocketState::remote_closing) return false;
  if (was_live) note_socket(index, "closed");
  const auto place = static_cast<std::size_t>(index);
  if (was_live && socket->close_after_sending([this, place] { closing_[place].reset(); })) {
    closing_[place] = std::move(socket);
  } else {
    socket->close();
  }
  socket.reset();
  if (was_live && sessions == Sessions::single && active()) enter(TcpIpState::ip_close);
  return was_live;
}

bool PdpContext::serve(net::Transport transport, std::uint16_t port, int most_clients) {
  const bool busy = halted() || state_ == TcpIpState::ip_config || state_ == TcpIpState::ip_ind;
  if (busy || !server_.prepare(most_clients)) return false;
  bring_up([this, transport, port](bool up) {
    if (server_.state() != Server::State::opening) return;
    if (!up) return server_.give_up();
    // ASSUMED: a server is work in progress whatever AT+QIMUX says; QISTAT has no state of its own for it.
    enter(TcpIpState::ip_processing);
    server_.listen(transport, port);
  });
  return true;
}

void PdpContext::evict() {
  for (auto* tenant : std::exchange(tenants_, {})) tenant->evicted();
}

void PdpContext::close_all(Ending ending) {
  // Without its bearer nothing says goodbye any more.
  if (ending != Ending::asked_for) bearer_.fall();
  evict();
  server_.close();
  for (auto& socket : closing_) socket.reset();
  for (int index = 0; index < kSockets; ++index) {
    auto& socket = sockets_[static_cast<std::size_t>(index)];
    if (!socket || !(socket->live() || socket->awaits_result())) continue;
    const bool was_told = !socket->awaits_result();
    note_socket(index, "closed", "the context ended");
    socket->close();
    if (!socket->secure()) continue;
    // Whoever asked for a secure socket hears what became of it, always and once.
    if (!was_told) surroundings_.events.on_event(SecureOpened{id_, index, ConnectCode::error});
    if (was_told && ending == Ending::bearer_lost) surroundings_.events.on_event(SecureClosed{id_, index});
  }
  bearer_.fall();
}

}  // namespace quasimodem::device
