// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

struct SlowCore;

/// Makes another Bearer as slow as a radio link: a look-up and a connection take one round-trip time more, data, FIN
/// and reset half of one in each direction. Nothing is lost and nothing overtakes, however the times are drawn.
/// Where the time drawn is zero, nothing is added, not even an entry of the Timeline.
///
/// Destroy links and operations before the bearer, and it before the inner one.
class SlowBearer final : public Bearer {
 public:
  /// Draws the next round-trip time; asked once for every event.
  using RoundTrip = std::function<Duration()>;

  SlowBearer(Bearer& inner, Timeline& timeline, RoundTrip round_trip);
  /// What destroyed links had still under way is handed to the inner bearer at once.
  ~SlowBearer() override;

  IpAddress local_address() const override { return inner_.local_address(); }
  std::unique_ptr<Operation> resolve(std::string_view host, std::function<void(Addresses)> done) override;
  std::unique_ptr<Link> connect(Transport transport, Endpoint peer, LinkObserver& observer) override;
  std::unique_ptr<Operation> ping(IpAddress peer, std::size_t size, std::function<void(Echoed)> done) override;
  std::unique_ptr<Operation> listen(Transport transport, std::uint16_t port, ListenObserver& observer) override;

 private:
  Bearer& inner_;
  std::shared_ptr<SlowCore> core_;
};

}  // namespace quasimodem::net
