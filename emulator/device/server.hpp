// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "emulator/device/event_sink.hpp"
#include "emulator/device/stream.hpp"

namespace quasimodem::device {

inline constexpr int kServerClients = 5;  ///< <i> 0–4, MANUAL M66 11.11

/// Server mode of one context, AT+QISERVER (M66 11.18): a listening port and the clients that came in. With UDP a
/// client is whoever sent a datagram, until AT+QICLOSE.
class Server final : private net::ListenObserver {
 public:
  /// As AT+QISSTAT names them.
  enum class State { initial, opening, listening, closing };

  Server(int context, Stream::Surroundings surroundings, EventSink& events)
      : context_{context}, surroundings_{std::move(surroundings)}, events_{events} {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  State state() const { return state_; }
  net::Transport transport() const { return transport_; }
  /// AT+QISERVER=<type>,<max>.
  int most_clients() const { return most_clients_; }
  /// Transparent mode is for the one client of a single session.
  Stream::Delivery delivery = Stream::Delivery::buffered;

  /// False when it is in use already.
  bool prepare(int most_clients);
  /// The port is opened; `ServerOpened` follows.
  void listen(net::Transport transport, std::uint16_t port);
  /// No bearer: `ServerOpened` follows at once.
  void give_up();
  /// Ends the port and all clients.
  void close();

  Stream* client(int index);
  /// Ends one client; the port stays open. False when there is none.
  bool close_client(int index);

 private:
  void listening() override;
  void listen_failed(net::NetError error) override;
  void connection_arrived(net::Endpoint peer, const Accept& accept) override;
  int free_index() const;
  Stream::Callbacks callbacks_of(int index);

  int context_;
  Stream::Surroundings surroundings_;
  EventSink& events_;
  State state_ = State::initial;
  net::Transport transport_ = net::Transport::tcp;
  int most_clients_ = kServerClients;
  std::unique_ptr<net::Operation> port_;
  std::array<std::unique_ptr<Stream>, kServerClients> clients_;
};

}  // namespace quasimodem::device
