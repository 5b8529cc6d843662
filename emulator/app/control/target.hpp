// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/journal_ring.hpp"
#include "core/timeline.hpp"
#include "emulator/app/control/method.hpp"
#include "emulator/device/local_time.hpp"
#include "emulator/faults/faults.hpp"
#include "emulator/modem.hpp"

namespace quasimodem::app::control {

/// The module that the methods act upon, with what surrounds it in this program.
class Target {
 public:
  virtual const std::string& name() const = 0;
  virtual std::string address() const = 0;  ///< of its first UART endpoint
  virtual emulator::Modem& modem() = 0;
  virtual emulator::Faults& faults() = 0;
  virtual JournalRing& journal() = 0;
  virtual Timeline& timeline() = 0;
  /// What `host` means as a time, where there is a host with a clock.
  virtual std::optional<device::LocalTime> host_time() const = 0;
  /// Lets module time pass at once.
  virtual void jump(Duration span) = 0;
  /// The module as it was when the program started, switched on. `forget` erases its flash as well.
  enum class Memory { keep, forget };
  virtual void reset(Memory memory) = 0;
  /// The module hears its UART.
  virtual bool ready() const = 0;
  /// Ends the program, after the answer.
  virtual void quit() = 0;

 protected:
  ~Target() = default;
};

/// One client of the control socket, for methods that go on telling.
class Subscriber {
 public:
  /// Sends records of these kinds from now on; all kinds when empty.
  virtual void subscribe(std::vector<RecordKind> kinds) = 0;
  virtual void unsubscribe() = 0;
  /// An answer is still to come. It should be abandoned when the client goes.
  virtual void awaits(const Answer&) {}

 protected:
  ~Subscriber() = default;
};

}  // namespace quasimodem::app::control
