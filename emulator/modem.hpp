// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/bytes.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/uart/dce.hpp"

namespace quasimodem::commands {
struct Catalogue;
const Catalogue& all_commands();
}  // namespace quasimodem::commands

namespace quasimodem::emulator {

class Terminal;
class Terminals;

/// Lines of the serial interface, named from the TE's side: DTR and RTS come from it, the others go to it.
enum class Line { dtr, rts, cts, dsr, dcd, ri };

/// The front door: a whole module behind bytes in and bytes out. With device/configuration.hpp the only header an
/// embedder needs.
///
/// Its inputs are these calls, the Timeline, the bearer's events and the random source; equal inputs give equal
/// outputs.
class Modem final : public uart::Dce {
 public:
  /// The catalogue must outlive it.
  Modem(device::Configuration configuration, device::Surroundings surroundings,
        const commands::Catalogue& catalogue = commands::all_commands());
  ~Modem() override;

  /// A pulse on PWRKEY: switches on, or off with `NORMAL POWER DOWN`.
  void power_key();

  SecretBytes arrive(ByteSpan from_te) override;
  void receive(ByteSpan from_te) override;
  bool clear_to_send() const override { return line(Line::cts); }
  Bytes take_output() override;
  bool pause_is_due() const override;
  bool may_send() const override;
  bool heeds_te() const override;
  Bytes take_urgent() override;

  void set_line(Line line, bool level);
  bool line(Line line) const;

  /// A command line is being carried out: its answer is still to come.
  bool answering() const;

  /// AT+IPR; a new rate counts once the OK that confirms it has been taken.
  int baud() const override;

  /// The supply is gone at once: no farewell, and what the module was about to say is lost. PWRKEY starts it again.
  void cut_supply();

  device::MobileEquipment& me();
  Terminals& terminals();
  /// The first of them, at the serial line.
  Terminal& terminal();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace quasimodem::emulator
