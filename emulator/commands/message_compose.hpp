// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "emulator/device/message_settings.hpp"
#include "emulator/device/rooms.hpp"
#include "emulator/device/sms/pdu.hpp"

// What the TE types behind the prompt of AT+CMGS and AT+CMGW becomes a message (27.005 3.1, 23.040).
namespace quasimodem::commands {

/// A message that the TE typed, or the +CMS ERROR for it.
struct Composed {
  device::sms::Pdu pdu;
  std::optional<device::sms::Submit> submit;  ///< none: AT+CMGW of a received message
};
using Composition = tl::expected<Composed, int>;

/// PDU mode: `announced` octets of TPDU, behind the service centre. What is behind the user data is a matter of `me`'s
/// firmware.
Composition compose_from_pdu(std::string_view typed, std::size_t announced, const device::MobileEquipment& me);

/// What AT+CMGS and AT+CMGW say about a text message before the prompt.
struct Envelope {
  std::optional<device::sms::Address> destination;
  std::string character_set;
  device::MessageSettings settings;
};
Composition compose_from_text(const std::string& typed, const Envelope& envelope);

}  // namespace quasimodem::commands
