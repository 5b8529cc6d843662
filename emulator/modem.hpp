// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/bytes.hpp"
#include "emulator/device/mobile_equipment.hpp"

namespace quasimodem::emulator {

class TerminalAdapter;

/// Lines of the serial interface, named from the TE's side: DTR and RTS come from it, the others go to it.
enum class Line { dtr, rts, cts, dcd };

/// The front door: a whole module behind bytes in and bytes out. The only header an embedder needs.
///
/// Its inputs are these calls, the Timeline, the bearer's events and the random source; equal inputs give equal
/// outputs.
class Modem {
 public:
  Modem(device::Configuration configuration, device::Surroundings surroundings);
  ~Modem();

  /// A pulse on PWRKEY: switches on, or off with `NORMAL POWER DOWN`.
  void power_key();

  /// Bytes from the TE. All are taken; while `line(Line::cts)` is low more should not be sent.
  void receive(ByteSpan from_te);
  /// Bytes for the TE, in order. Call again until nothing comes: what waited for room follows.
  Bytes take_output();

  void set_line(Line line, bool level);
  bool line(Line line) const;

  /// The rate of AT+IPR in bit/s; 0 while autobauding.
  int baud() const;

  device::MobileEquipment& me();
  TerminalAdapter& ta();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace quasimodem::emulator
