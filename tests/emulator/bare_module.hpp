// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/random.hpp"
#include "emulator/device/configuration.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pdp_context.hpp"
#include "net/relayed_link.hpp"
#include "net/sim/sim_network.hpp"
#include "storage/memory_flash.hpp"
#include "tests/storage/toy_sealer.hpp"
#include "tests/support/catch.hpp"

namespace quasimodem::test {

/// Stands below the module's contexts and counts all that they ask of the network.
class CountingBearer final : public net::Bearer {
 public:
  CountingBearer(net::Bearer& inner, Timeline& timeline) : inner_{inner}, timeline_{timeline} {}

  int uses = 0;

  net::IpAddress local_address() const override { return inner_.local_address(); }
  std::unique_ptr<net::Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override {
    ++uses;
    return inner_.resolve(host, std::move(done));
  }
  std::unique_ptr<net::Link> connect(net::Transport transport, net::Endpoint peer, net::LinkObserver& hears) override {
    ++uses;
    auto link = std::make_unique<CountedLink>(*this, peer, hears);
    link->connect(inner_, transport);
    return link;
  }
  std::unique_ptr<net::Operation> ping(net::IpAddress peer, std::size_t size,
                                       std::function<void(Echoed)> done) override {
    ++uses;
    return inner_.ping(peer, size, std::move(done));
  }
  std::unique_ptr<net::Operation> listen(net::Transport transport, std::uint16_t port,
                                         net::ListenObserver& observer) override {
    ++uses;
    return inner_.listen(transport, port, observer);
  }

 private:
  struct CountedLink final : net::RelayedLink {
    CountedLink(CountingBearer& counting, net::Endpoint peer, net::LinkObserver& hears)
        : RelayedLink{counting.timeline_, peer, hears}, bearer{counting} {}
    std::size_t send(ByteSpan data) override {
      ++bearer.uses;
      return RelayedLink::send(data);
    }
    CountingBearer& bearer;
  };

  net::Bearer& inner_;
  Timeline& timeline_;
};

/// The ME on the simulated network, without a TA and its AT commands.
struct BareModule : device::EventSink {
  BareModule() {
    me.power_on();
    timeline.advance(1s);
    context.when_up([](bool up) { REQUIRE(up); });
    timeline.advance(1s);
  }
  virtual ~BareModule() = default;
  void on_event(const device::Event& event) override { events.push_back(event); }

  /// The events of this kind so far.
  template <class Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> found;
    for (const auto& event : events) {
      if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
    }
    return found;
  }

  Timeline timeline;
  net::SimNetwork network{timeline};
  CountingBearer below{network, timeline};
  storage::MemoryFlash flash;
  storage::testing::ToySealer sealer;
  SeededRandom random{1};
  std::vector<device::Event> events;
  device::MobileEquipment me{{}, {timeline, below, flash, random, Logger{}}, sealer, *this};
  device::PdpContext& context = me.context(0);
};

}  // namespace quasimodem::test
