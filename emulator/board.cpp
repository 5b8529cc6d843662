// SPDX-License-Identifier: Apache-2.0
#include "emulator/board.hpp"

#include "emulator/device/configuration.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::emulator {
namespace {

uart::Pacing pacing(const device::Timing& timing) { return timing.uart_paced ? uart::Pacing::on : uart::Pacing::off; }

}  // namespace

Board::Board(const device::Configuration& configuration, const device::Surroundings& surroundings,
             const commands::Catalogue& catalogue)
    : timeline_{surroundings.timeline},
      faults_{timeline_, configuration.seed, surroundings.log, surroundings.journal},
      flash_{surroundings.flash, &faults_.book()},
      network_{surroundings.bearer, timeline_, faults_.book()},
      weather_{timeline_, network_, configuration.timing, configuration.seed, surroundings.log},
      modem_{configuration,
             {timeline_, weather_.bearer(), flash_, surroundings.random, surroundings.log, surroundings.journal},
             catalogue},
      noise_{timeline_, faults_.book(), modem_},
      line_{timeline_, noise_, pacing(configuration.timing)} {
  faults_.plug_in(modem_, weather_);
  weather_.begin(modem_.me());
}

void Board::set_line(Line line, bool level) {
  line == Line::dtr ? faults_.set_dtr(level) : modem_.set_line(line, level);
}

void Board::set_timing(const device::Timing& timing) {
  modem_.me().pace().set_timing(timing);
  weather_.change(timing, modem_.me());
  line_.set_pacing(pacing(timing));
}

}  // namespace quasimodem::emulator
