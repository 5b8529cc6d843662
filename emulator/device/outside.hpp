// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/device/events.hpp"
#include "emulator/device/messaging.hpp"
#include "emulator/device/rooms.hpp"

namespace quasimodem::device {

/// What happens around the module: who writes and calls, what the network grants and takes, the SIM in the holder, the
/// supply.
class Outside {
 public:
  Outside(MobileEquipment& me, EventSink& events) : me_{me}, events_{events} {}

  /// Somebody sends a message; UTF-8, in as many parts as it takes, which come one after the other. The time is the
  /// module's own unless given. `failed` while the module cannot be reached; otherwise what became of the first part.
  Messaging::Delivery deliver_sms(std::string_view from, std::string_view text,
                                  std::optional<sms::Timestamp> time = std::nullopt);
  /// The same for any PDU, service centre in front.
  Messaging::Delivery deliver_pdu(const Bytes& pdu);
  /// Somebody calls; an empty number is withheld. False when the line is busy or the module cannot be reached.
  bool ring(std::string_view number);
  /// The other side ends the current call, or gives up calling.
  void far_end_hangs_up();

  /// What the network grants from now on.
  void serve(RegistrationStatus granted, Outage outage = Outage::lasting);
  /// The network takes a context away, as a cell change or a stingy operator does.
  void lose_context(int id);
  /// Another SIM in the holder, or none. ASSUMED: the module notices at once, as with a card switch (AT+QSIMDET).
  void change_sim(Sim sim);

  /// `SupplyVoltage` follows.
  void report_voltage(SupplyVoltage::Level level);

 private:
  MobileEquipment& me_;
  EventSink& events_;
  std::uint8_t concatenations_ = 0;
};

}  // namespace quasimodem::device
