// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "core/timeline.hpp"
#include "net/faults/slow_bearer.hpp"
#include "net/sim/sim_network.hpp"
#include "tests/net/world.hpp"

namespace quasimodem::net::testing {

/// SimNetwork, for the suite that every bearer must pass.
class SimWorld : public World {
 public:
  Bearer& bearer() override { return network_; }
  Endpoint listen(Transport transport) override;
  Endpoint nobody() override { return {network_.address_of(name()), 9}; }
  FarEnd* accepted(std::size_t n) override { return n < far_ends_.size() ? far_ends_[n].get() : nullptr; }
  std::string name() override { return "peer.test"; }
  bool run_until(const std::function<bool()>& condition) override;
  bool in_timeline() const override { return running_; }

 protected:
  Timeline timeline_;
  SimNetwork network_{timeline_};

 private:
  std::vector<std::unique_ptr<FarEnd>> far_ends_;
  std::uint16_t next_port_ = 1000;
  bool running_ = false;
};

/// The same behind a SlowBearer, with round-trip times between nothing and 180 ms.
class SlowWorld final : public SimWorld {
 public:
  Bearer& bearer() override { return slow_; }

 private:
  Duration draw() {
    draws_ = (draws_ * 7 + 3) % 10;
    return draws_ * 20ms;
  }

  int draws_ = 0;
  SlowBearer slow_{network_, timeline_, [this] { return draw(); }};
};

/// A SlowBearer that is not slow.
class UnslowedWorld final : public SimWorld {
 public:
  Bearer& bearer() override { return slow_; }

 private:
  SlowBearer slow_{network_, timeline_, [] { return 0ms; }};
};

}  // namespace quasimodem::net::testing
