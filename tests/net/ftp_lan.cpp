// SPDX-License-Identifier: Apache-2.0
#include "tests/net/ftp_lan.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/support/catch.hpp"

namespace quasimodem::net::ftp {

namespace {

Bytes take_front(Bytes& from, std::size_t most) {
  const auto end = from.begin() + static_cast<std::ptrdiff_t>(std::min(most, from.size()));
  Bytes front{from.begin(), end};
  from.erase(from.begin(), end);
  return front;
}

}  // namespace

struct Lan::Sink final : LogSink {
  explicit Sink(std::string& lines) : lines_{lines} {}
  bool wants(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view, std::string_view message) override { lines_.append(message).append("\n"); }

 private:
  std::string& lines_;
};

Lan::Lan(std::size_t piece, Client::Options options) : piece_{piece}, sink_{std::make_unique<Sink>(log)} {
  site->users["u"] = "p";
  site->files.make_directory("/pub");
  site->files.make_directory("/pub/sub");
  append(*site->files.create("/pub/f.bin"), "0123456789");
  client = std::make_unique<Client>(timeline, Logger{*sink_, "ftp"}, options);
  client->on_change = [this] { settle(); };
  server = std::make_unique<Server>(site, kFtpServer, static_cast<DataCarrier&>(*this));
}

bool Lan::log_in(std::string_view user, std::string_view password) {
  server->start();
  REQUIRE(client->log_in(user, password));
  return outcome().has_value();
}

void Lan::settle() {
  while (step()) {
  }
}

Client::Outcome Lan::outcome() {
  settle();
  auto outcome = client->take_outcome();
  REQUIRE(outcome);
  return *outcome;
}

bool Lan::step() {
  bool moved = false;
  for (const auto carry : {&Lan::carry_control, &Lan::carry_orders, &Lan::carry_download, &Lan::carry_upload}) {
    if ((this->*carry)()) moved = true;
  }
  return moved;
}

bool Lan::carry_control() {
  append(to_server_, client->take_outgoing());
  append(to_client_, server->take_outgoing());
  const auto for_server = take_front(to_server_, piece_), for_client = take_front(to_client_, piece_);
  said += as_text(for_server);
  if (!for_server.empty()) server->receive(for_server);
  if (!for_client.empty()) client->receive(for_client);
  return !for_server.empty() || !for_client.empty();
}

bool Lan::carry_orders() {
  const auto order = client->take_data_order();
  if (!order) return false;
  if (const auto* const to = std::get_if<Client::Connect>(&*order)) {
    if (deaf) return true;
    const bool reached = !unreachable && to->peer.address == kFtpServer && server_port_ == to->peer.port;
    reached ? bring_up() : client->data_failed(NetError::refused);
  } else if (std::holds_alternative<Client::Listen>(*order)) {
    client_port_ = next_port_++;
    client->data_listening({kFtpClient, *client_port_});
  } else {
    ++drops;
    const bool was_up = up_;
    take_down();
    if (was_up) server->data_ended(false);
  }
  return true;
}

bool Lan::carry_download() {
  if (!up_) return false;
  append(data_, server->take_data(piece_));
  const auto piece = take_front(data_, piece_);
  if (!piece.empty()) {
    append(got, piece);
    client->data_moved();
    if (enough && got.size() >= *enough) {
      take_down();
      client->data_enough();
      server->data_ended(false);
    }
    return true;
  }
  if (!ending_) return false;
  const bool cut = cut_;
  take_down();
  client->data_ended(cut ? std::optional{NetError::reset} : std::nullopt);
  return true;
}

bool Lan::carry_upload() {
  if (!up_ || ending_ || !upload || !client->transferring()) return false;
  const auto left = ByteSpan{*upload}.subspan(uploaded_);
  const auto piece = left.first(std::min(left.size(), piece_));
  uploaded_ += piece.size();
  if (!piece.empty()) {
    server->data_received(piece);
    client->data_moved();
    return true;
  }
  take_down();
  upload.reset();
  client->data_ended({});
  server->data_ended(true);
  return true;
}

void Lan::bring_up() {
  take_down();
  up_ = true;
  got.clear();
  uploaded_ = 0;
  client->data_connected();
  server->data_connected();
}

void Lan::take_down() {
  up_ = ending_ = cut_ = false;
  data_.clear();
}

std::optional<std::uint16_t> Lan::listen() { return server_port_ = next_port_++; }

void Lan::connect(Endpoint peer) {
  if (deaf) return;
  if (unreachable || peer.address != kFtpClient || client_port_ != peer.port) return server->data_failed();
  bring_up();
}

void Lan::close(bool in_order) {
  if (!up_) return;
  ending_ = true;
  cut_ = !in_order;
}

}  // namespace quasimodem::net::ftp
