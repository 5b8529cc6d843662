// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "core/fault_book.hpp"
#include "core/journal.hpp"
#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/states.hpp"
#include "emulator/faults/faulty_commands.hpp"
#include "emulator/faults/overlay.hpp"
#include "emulator/modem.hpp"
#include "emulator/weather.hpp"

namespace quasimodem::emulator {

/// The faults of one module: the book that the decorators ask, and what comes by the clock. Make it first, give its
/// book to the decorators of bearer, flash and UART, then plug the module in. It outlives all of them.
class Faults {
 public:
  /// Every strike is a record of kind `fault` in the journal.
  Faults(Timeline& timeline, std::uint64_t seed, const Logger& log, Journal journal);
  ~Faults();
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  FaultBook& book() { return book_; }
  void plug_in(Modem& modem, Weather& weather);

  /// As in `parse_fault`; gives the fault's id.
  tl::expected<int, std::string> add(std::string_view spec);
  int add(FaultRule rule) { return book_.add(std::move(rule)); }
  /// What a fault of the clock has changed is undone. False when there is none with this id.
  bool remove(int id) { return book_.remove(id); }
  void clear() { book_.clear(); }

  /// The TE's DTR, which the module sees unless a fault holds it down.
  void set_dtr(bool level);

  /// Hears of every strike.
  std::function<void(const FaultFiring&)> on_fired;

 private:
  struct Clockwork {
    explicit Clockwork(Timeline& timeline) : next{timeline}, end{timeline} {}
    Timer next;
    Timer end;
    std::function<void()> undo;
  };
  /// What a fault of the clock does: how to undo it, and when unless `for` says.
  struct Effect {
    std::function<void()> undo{};
    std::optional<Duration> lasting{};
  };
  using Begin = std::function<Effect(const FaultRule&)>;

  void added(FaultBook::Entry& entry);
  void command(std::string_view words);
  void schedule(int id, Duration after);
  void fire(int id);
  void end(int id);

  void plug_in_line();
  void plug_in_sim();
  void plug_in_network();
  void plug_in_messages();
  void plug_in_power();
  void plug_in_delays();
  void plug_in_services();
  Begin service(device::RegistrationStatus status, device::Outage outage);

  Timeline& timeline_;
  Logger log_;
  Journal journal_;
  FaultBook book_;
  FaultyCommands commands_;
  Modem* modem_ = nullptr;
  Weather* weather_ = nullptr;
  struct Coverage {
    device::RegistrationStatus granted;
    device::Outage outage;
  };
  struct Rates {
    double down, up;  // kbit/s
  };
  Overlay<bool> dtr_;
  Overlay<device::Sim> sim_;
  Overlay<Coverage> coverage_;
  Overlay<int> signal_;
  Overlay<Rates> rates_;
  std::map<std::string_view, Begin> begin_;  ///< by name
  std::map<int, std::unique_ptr<Clockwork>> running_;
};

}  // namespace quasimodem::emulator
