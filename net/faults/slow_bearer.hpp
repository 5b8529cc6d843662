// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "core/timeline.hpp"
#include "net/bearer.hpp"

namespace quasimodem::net {

struct SlowCore;

/// How slow a radio link is. All links of a bearer share it.
struct Radio {
  /// Draws the next time; asked once for every event.
  using Draw = std::function<Duration()>;

  Draw round_trip;
  Draw idle_penalty{};     ///< more for the first packet after `idle_after` without one; none: nothing
  Duration idle_after{};   ///< how long the network keeps the channel
  double down_kbit_s = 0;  ///< of payload; 0: unlimited
  double up_kbit_s = 0;
};

/// Makes another Bearer as slow as a radio link: a look-up and a connection take one round-trip time more, data, FIN
/// and reset half of one in each direction, and their size at the link's rate. Nothing is lost and nothing overtakes,
/// however the times are drawn. Where the time is zero, nothing is added, not even an entry of the Timeline.
///
/// Destroy links and operations before the bearer, and it before the inner one.
class SlowBearer final : public Bearer {
 public:
  SlowBearer(Bearer& inner, Timeline& timeline, Radio radio);
  SlowBearer(Bearer& inner, Timeline& timeline, Radio::Draw round_trip)
      : SlowBearer{inner, timeline, Radio{.round_trip = std::move(round_trip)}} {}
  /// What destroyed links had still under way is handed to the inner bearer at once.
  ~SlowBearer() override;

  /// From now on nothing moves for that long; what was under way arrives afterwards. Gives its number.
  int stall(Duration length);
  /// This stall is over already.
  void go_on(int stall);

  /// In kbit/s; 0: unlimited.
  void set_rates(double down, double up);

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
