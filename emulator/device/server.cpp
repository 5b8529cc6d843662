// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/server.hpp"

#include "emulator/device/events.hpp"
#include "emulator/device/plain_stream.hpp"

namespace quasimodem::device {

bool Server::prepare(int most_clients) {
  if (state_ != State::initial) return false;
  most_clients_ = most_clients;
  state_ = State::opening;
  return true;
}

void Server::listen(net::Transport transport, std::uint16_t port) {
  transport_ = transport;
  port_ = surroundings_.bearer.listen(transport, port, *this);
}

void Server::give_up() {
  state_ = State::initial;
  events_.on_event(ServerOpened{context_, false});
}

void Server::close() {
  state_ = State::initial;
  port_.reset();
  for (auto& client : clients_) {
    if (client) client->close();
    client.reset();
  }
}

Stream* Server::client(int index) {
  return index >= 0 && index < kServerClients ? clients_[static_cast<std::size_t>(index)].get() : nullptr;
}

bool Server::close_client(int index) {
  auto* connection = client(index);
  if (!connection) return false;
  const bool was_live = connection->live();
  connection->close();
  clients_[static_cast<std::size_t>(index)].reset();
  return was_live;
}

void Server::listening() {
  state_ = State::listening;
  events_.on_event(ServerOpened{context_, true});
}

void Server::listen_failed(net::NetError error) {
  surroundings_.log.warning("the port cannot be opened: {}", net::describe(error));
  state_ = State::initial;
  events_.on_event(ServerOpened{context_, false});
}

int Server::free_index() const {
  for (int index = 0; index < most_clients_; ++index) {
    const auto& client = clients_[static_cast<std::size_t>(index)];
    if (!client || !client->live()) return index;
  }
  return -1;
}

void Server::connection_arrived(net::Endpoint peer, const Accept& accept) {
  const auto index = free_index();
  if (index < 0) {
    surroundings_.log.info("{}: refused, {} clients are there", peer.text(), most_clients_);
    return;
  }
  auto& client = clients_[static_cast<std::size_t>(index)];
  client = std::make_unique<PlainStream>(
      surroundings_,
      Stream::Target{
          .transport = transport_, .host = peer.address.text(), .port = peer.port, .timeout = {}, .delivery = delivery},
      callbacks_of(index));
  client->adopt(peer, accept);
}

Stream::Callbacks Server::callbacks_of(int index) {
  return {
      .opened =
          [this, index](Stream::Outcome) {
            events_.on_event(ClientArrived{context_, index});
          },
      .arrived =
          [this, index] {
            events_.on_event(DataArrived{context_, index, Role::server});
          },
      .packet =
          [this, index](Stream::Packet packet) {
            events_.on_event(
                PacketArrived{context_, index, Role::server, packet.waiting, packet.length, packet.octets});
          },
      .ended =
          [this, index] {
            events_.on_event(RemoteClosed{context_, index, Role::server});
          },
      .writable =
          [this, index] {
            events_.on_event(SocketWritable{context_, index, Role::server});
          },
  };
}

}  // namespace quasimodem::device
