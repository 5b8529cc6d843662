// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "atcmd/table/command_table.hpp"
#include "emulator/device/model.hpp"
#include "emulator/terminal/terminal.hpp"
#include "emulator/uart/ring_indicator.hpp"

namespace quasimodem::emulator {

/// The TA: the terminals of one module, the first of which is its serial line. Carries out what is typed at them, and
/// brings what the ME reports to those whom it concerns.
class Terminals final : public device::EventSink {
 public:
  /// The ME reports to this and is driven by it, so it need not be there before the first terminal is.
  Terminals(device::MobileEquipment& me, Timeline& timeline, device::Model model, const commands::Catalogue& catalogue);

  /// One more, with the lowest number that is free. In a module that is on it begins with the stored profile.
  Terminal& add();
  /// Takes one away again, never the first, nor one whose command is being carried out. Its transparent mode ends, and
  /// the connection behind it.
  // ASSUMED: its other connections and its call stay, and what they still have to say goes to the first.
  void remove(Terminal& terminal);
  Terminal& first() { return *terminals_.front(); }

  /// Hears every event before anybody else does.
  std::function<void(const device::Event&)> on_report;
  /// Stands before every command; `command` carries it out. None: nothing does.
  std::function<atcmd::Reply(const atcmd::CommandCall&, atcmd::Channel&, const std::function<atcmd::Reply()>& command)>
      around;
  /// With which numbered errors this command fails.
  atcmd::ErrorClass errors_of(const atcmd::CommandCall& typed) const;

  /// PWRKEY: the farewell comes after everything else has ended, so no prompt, upload or half typed line is in its way.
  // ASSUMED: it comes on every terminal; that of AT+QPOWD is an answer, for the one that asks.
  void power_off();
  /// Nobody reads any more what was written.
  void drop_output();
  void report_indicators();
  /// RI of the serial line.
  bool ring_indicator();

  void on_event(const device::Event& event) override;

 private:
  class Route;

  atcmd::Reply run(commands::Call& call, const atcmd::CommandCall& typed);
  void tell(Terminal& terminal, const device::Event& event);
  void indicate(const device::Event& event, const commands::Settings& settings, bool announced);

  device::MobileEquipment& me_;
  const commands::Catalogue& catalogue_;
  atcmd::CommandTable table_;
  commands::Owners owners_;
  std::vector<std::unique_ptr<Terminal>> terminals_;
  uart::RingIndicator ring_indicator_;
};

}  // namespace quasimodem::emulator
