// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/journal_ring.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/board.hpp"
#include "emulator/device/local_time.hpp"

namespace quasimodem::app::control {

/// The module that the methods act upon, with what surrounds it in this program.
class Target {
 public:
  virtual const std::string& name() const = 0;
  virtual std::string address() const = 0;  ///< of its first UART endpoint
  virtual emulator::Board& board() = 0;
  virtual JournalRing& journal() = 0;
  /// What `host` means as a time, where there is a host with a clock.
  virtual std::optional<device::LocalTime> host_time() const = 0;
  /// Lets module time pass at once.
  virtual void jump(Duration span) = 0;
  /// The module as it was when the program started, switched on. `forget` erases its flash as well.
  enum class Memory { keep, forget };
  virtual void reset(Memory memory) = 0;
  /// Ends the program, after the answer.
  virtual void quit() = 0;

  emulator::Modem& modem() { return board().modem(); }
  emulator::Faults& faults() { return board().faults(); }
  Timeline& timeline() { return board().timeline(); }
  /// The module hears its UART.
  bool ready() { return board().is_on(); }

 protected:
  ~Target() = default;
};

/// One client of the control socket, for methods that go on telling. This one does not listen.
class Subscriber {
 public:
  virtual ~Subscriber() = default;

  /// Something happened that it wants to hear of.
  virtual void tell(const Json&) {}
  /// Keeps what lets it hear; an empty one ends that.
  virtual void follow(JournalRing::Subscription&&) {}
  /// An answer is still to come. It should be abandoned when the client goes.
  virtual void awaits(const Answer&) {}
};

}  // namespace quasimodem::app::control
