// SPDX-License-Identifier: Apache-2.0
#include "emulator/workbench/ftp_peer.hpp"

#include <optional>
#include <utility>

namespace quasimodem::workbench {
namespace {

constexpr std::size_t kPortion = 4096;
constexpr std::uint16_t kDataPort = 20;  // where active data connections come from

}  // namespace

/// The data connections of one session.
class FtpPeer::Carrier final : public net::ftp::DataCarrier {
 public:
  Carrier(FtpPeer& peer, net::IpAddress address) : peer_{peer}, address_{address} {}
  ~Carrier() override { forget(); }
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  void serve(net::ftp::Server& server) { server_ = &server; }

  std::optional<std::uint16_t> listen() override {
    forget();
    auto& listener = peer_.network_.listen(peer_.host_, ++peer_.last_port_);
    listener_ = &listener;
    listener.answer = peer_.data_answer;
    listener.on_accept = [this](net::SimConnection& wire) {
      listener_->on_accept = nullptr;
      carry(wire.shared_from_this());
    };
    return peer_.last_port_;
  }

  void connect(net::Endpoint client) override {
    forget();
    carry(peer_.network_.call_in(client.port, {address_, kDataPort}));
  }

  /// With its last portion the server closes, before it has handed it over.
  void data_ready() override {
    for (bool more = true; more && wire_ && !ended_;) {
      sending_ = true;
      const auto portion = server_->take_data(kPortion);
      sending_ = false;
      more = !portion.empty();
      if (more) wire_->send(portion);
    }
    if (ended_) finish();
  }

  void close(bool in_order) override {
    ended_ = true;
    in_order_ = in_order;
    if (!sending_) finish();
  }

 private:
  void finish() {
    const auto wire = wire_;
    forget();
    if (!wire || !wire->open()) return;
    in_order_ ? wire->close() : wire->reset();
  }

  void carry(std::shared_ptr<net::SimConnection> wire) {
    wire_ = std::move(wire);
    ended_ = false;
    peer_.data_wire_ = wire_;
    ++peer_.data_connections_;
    wire_->on_received = [this](ByteSpan bytes) {
      wire_->forget_received();
      server_->data_received(bytes);
      server_->on_outgoing();
    };
    wire_->on_closed = [this](std::optional<net::NetError> error) {
      forget();
      server_->data_ended(!error);
      server_->on_outgoing();
    };
    server_->data_connected();
    if (server_->on_outgoing) server_->on_outgoing();
  }

  void forget() {
    if (listener_) listener_->on_accept = nullptr;
    listener_ = nullptr;
    if (wire_) {
      wire_->on_received = nullptr;
      wire_->on_closed = nullptr;
    }
    wire_.reset();
    ended_ = false;
  }

  FtpPeer& peer_;
  net::IpAddress address_;
  net::ftp::Server* server_ = nullptr;
  net::SimListener* listener_ = nullptr;
  std::shared_ptr<net::SimConnection> wire_;
  bool sending_ = false;
  bool ended_ = false;
  bool in_order_ = true;
};

FtpPeer::FtpPeer(net::SimNetwork& network, ServicePeer::Address address)
    : network_{network}, host_{address.host}, control_{network, address, [this](net::SimConnection& wire) {
                                                         auto& carrier = carriers_.emplace_back(
                                                             std::make_unique<Carrier>(*this, wire.endpoint().address));
                                                         auto server = std::make_unique<net::ftp::Server>(
                                                             site_, wire.endpoint().address, *carrier);
                                                         carrier->serve(*server);
                                                         return server;
                                                       }} {}

FtpPeer::~FtpPeer() = default;

}  // namespace quasimodem::workbench
