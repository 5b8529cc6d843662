// SPDX-License-Identifier: Apache-2.0
#include "tests/net/sim_world.hpp"

namespace quasimodem::net::testing {
namespace {

class SimFarEnd final : public FarEnd {
 public:
  explicit SimFarEnd(SimConnection& connection) : connection_{connection} {
    connection_.on_closed = [this](std::optional<NetError> error) { end_ = error ? End::reset : End::in_order; };
  }

  Bytes received() const override { return connection_.received(); }
  std::vector<Bytes> datagrams() const override { return connection_.pieces(); }
  void send(ByteSpan data) override { connection_.send(data); }
  void close() override { connection_.close(); }
  void reset() override { connection_.reset(); }
  void stop_reading() override { connection_.stop_reading(); }
  void resume_reading() override { connection_.resume_reading(); }
  End ended() const override { return end_; }

 private:
  SimConnection& connection_;
  End end_ = End::none;
};

}  // namespace

Endpoint SimWorld::listen(Transport transport) {
  const auto port = next_port_++;
  network_.listen(name(), port, transport).on_accept = [this](SimConnection& connection) {
    far_ends_.push_back(std::make_unique<SimFarEnd>(connection));
  };
  return {network_.address_of(name()), port};
}

bool SimWorld::run_until(const std::function<bool()>& condition) {
  // Some conditions only need time to pass; a minute is more than anything here takes.
  const auto end = timeline_.now() + 1min;
  while (!condition()) {
    if (timeline_.now() > end) return false;
    running_ = true;
    timeline_.advance_to(timeline_.next_deadline().value_or(timeline_.now() + 1s));
    running_ = false;
  }
  return true;
}

}  // namespace quasimodem::net::testing
