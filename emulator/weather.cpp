// SPDX-License-Identifier: Apache-2.0
#include "emulator/weather.hpp"

#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/outside.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/pdp_context.hpp"
#include "emulator/device/tcpip_settings.hpp"
#include "emulator/device/timing.hpp"

namespace quasimodem::emulator {
namespace {

using device::Timing;

net::Radio radio(device::Pace& pace) {
  const auto& timing = pace.timing();
  net::Radio radio{.round_trip = [&pace] { return pace.next(&Timing::round_trip); }};
  radio.down_kbit_s = timing.down_kbit_s;
  radio.up_kbit_s = timing.up_kbit_s;
  if (timing.idle_penalty != device::Delay{}) {
    radio.idle_penalty = [&pace] { return pace.next(&Timing::idle_penalty); };
    radio.idle_after = timing.idle_after;
  }
  return radio;
}

}  // namespace

Weather::Weather(Timeline& timeline, net::Bearer& network, const Timing& timing, std::uint64_t seed, const Logger& log)
    : log_{log.part("weather")},
      pace_{std::make_unique<device::Pace>(timing, seed, log_)},
      bearer_{network, timeline, radio(*pace_)},
      outage_{timeline},
      drop_{timeline} {}

Weather::~Weather() = default;

void Weather::begin(device::MobileEquipment& me) {
  if (pace_->timing().outage.every > Duration::zero()) await_outage();
  if (pace_->timing().pdp_drop.every > Duration::zero()) await_drop(me);
}

void Weather::change(const Timing& timing, device::MobileEquipment& me) {
  pace_->set_timing(timing);
  bearer_.set_radio(radio(*pace_));
  outage_.cancel();
  drop_.cancel();
  begin(me);
}

void Weather::await_outage() {
  outage_.start(pace_->until(&Timing::outage), [this] {
    const auto length = pace_->length(&Timing::outage);
    log_.info("nothing moves for {:.1f} s", std::chrono::duration<double>{length}.count());
    bearer_.stall(length);
    outage_.start(length, [this] { await_outage(); });
  });
}

void Weather::await_drop(device::MobileEquipment& me) {
  drop_.start(pace_->until(&Timing::pdp_drop), [this, &me] {
    for (int id = 0; id < device::kContexts; ++id) {
      if (!me.context(id).active()) continue;
      log_.info("the network takes context {} away", id);
      me.outside().lose_context(id);
    }
    await_drop(me);
  });
}

}  // namespace quasimodem::emulator
