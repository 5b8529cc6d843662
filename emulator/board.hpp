// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "emulator/device/rooms.hpp"
#include "emulator/faults/faults.hpp"
#include "emulator/modem.hpp"
#include "emulator/uart/noisy_line.hpp"
#include "emulator/uart/uart_line.hpp"
#include "emulator/weather.hpp"
#include "net/faults/faulty_bearer.hpp"
#include "storage/faulty_flash.hpp"

namespace quasimodem::emulator {

/// A module on its board: the serial line to its TE, and between it and its surroundings the weather of its profile and
/// the faults. Who wants it as it was at the beginning makes another one.
class Board {
 public:
  /// The catalogue must outlive it.
  Board(const device::Configuration& configuration, const device::Surroundings& surroundings,
        const commands::Catalogue& catalogue = commands::all_commands());

  Modem& modem() { return modem_; }
  const Modem& modem() const { return modem_; }
  Faults& faults() { return faults_; }
  Timeline& timeline() { return timeline_; }
  /// To its TE, with the time that it takes.
  uart::UartLine& line() { return line_; }
  /// The near end of it, where bytes take no time.
  uart::Dce& line_end() { return noise_; }
  bool is_on() const { return modem_.line(Line::dsr); }

  /// DTR or RTS of the TE.
  void set_line(Line line, bool level);
  void set_timing(const device::Timing& timing);

 private:
  Timeline& timeline_;
  Faults faults_;
  storage::FaultyFlash flash_;
  net::FaultyBearer network_;
  Weather weather_;  ///< before it
  Modem modem_;
  uart::NoisyLine noise_;
  uart::UartLine line_;
};

}  // namespace quasimodem::emulator
