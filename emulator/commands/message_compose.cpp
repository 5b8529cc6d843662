// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/message_compose.hpp"

#include <utility>

#include "core/log.hpp"
#include "emulator/commands/character_set.hpp"
#include "emulator/commands/message_errors.hpp"
#include "emulator/device/firmware.hpp"
#include "emulator/device/mobile_equipment.hpp"
#include "emulator/device/sms/pdu.hpp"

namespace quasimodem::commands {
namespace {

namespace sms = device::sms;
using namespace cms;

std::string without_layout(std::string_view typed) {
  std::string rest{typed};
  std::erase_if(rest, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
  return rest;
}

/// A SUBMIT with octets behind its user data: the firmware leaves them out, or refuses the message.
Composition compose_from_long(sms::Pdu pdu, const sms::LongSubmit& message, const device::MobileEquipment& me) {
  if (!me.firmware().long_pdu) {
    me.log().warning(
        "a PDU with {} octets behind the user data that TP-UDL announces is refused; firmware that takes "
        "it: --firmware long-pdu=on",
        message.surplus);
    return tl::unexpected{kInvalidPdu};
  }
  pdu.tpdu.resize(pdu.tpdu.size() - message.surplus);
  return Composed{std::move(pdu), message.submit};
}

/// 27.005 3.1 <data>: hexadecimal octets with 8 bit, UCS2 or a header of the TE's own, text otherwise.
tl::expected<sms::UserData, int> data_of(std::string_view typed, std::uint8_t first_octet, std::uint8_t data_coding,
                                         std::string_view character_set) {
  const bool septets = sms::coding_of(data_coding) == sms::Coding::gsm7;
  if (septets && !(first_octet & sms::kHasHeader)) {
    const auto text = typed_text(typed, character_set);
    if (!text) return tl::unexpected{kInvalidText};
    // ASSUMED: a question mark for what the alphabet lacks, and an error for what is too long, not a part of it.
    const auto coded = sms::to_septets_or_question_marks(*text);
    if (coded.size() > sms::kMostSeptets) return tl::unexpected{kTooLong};
    return sms::gsm7_data(coded);
  }
  const auto octets = sms::from_hex(without_layout(typed));
  if (!octets) return tl::unexpected{kInvalidText};
  if (octets->size() > sms::kMostUserData) return tl::unexpected{kTooLong};
  auto data = sms::octet_data(*octets);
  if (septets) data.length = static_cast<std::uint8_t>(octets->size() * 8 / 7);
  return data;
}

}  // namespace

Composition compose_from_pdu(std::string_view typed, std::size_t announced, const device::MobileEquipment& me) {
  const auto octets = sms::from_hex(without_layout(typed));
  const auto pdu = octets ? sms::decode_pdu(*octets) : std::nullopt;
  if (!pdu || pdu->tpdu.size() != announced) return tl::unexpected{kInvalidPdu};
  const auto long_submit = sms::decode_long_submit(pdu->tpdu);
  if (long_submit && long_submit->surplus > 0) return compose_from_long(*pdu, *long_submit, me);
  const auto submit = sms::decode_submit(pdu->tpdu);
  if (!submit && !sms::decode_deliver(pdu->tpdu)) return tl::unexpected{kInvalidPdu};
  return Composed{*pdu, submit};
}

Composition compose_from_text(const std::string& typed, const Envelope& envelope) {
  sms::Submit submit;
  submit.first_octet = static_cast<std::uint8_t>((envelope.settings.first_octet & ~sms::kTypeMask) | 1);
  submit.destination = envelope.destination.value_or(sms::Address{});
  submit.protocol = static_cast<std::uint8_t>(envelope.settings.protocol);
  submit.data_coding = static_cast<std::uint8_t>(envelope.settings.data_coding);
  if ((submit.first_octet & sms::kValidityMask) == 0x10)
    submit.validity = {static_cast<std::uint8_t>(envelope.settings.validity)};
  const bool hexadecimal = envelope.character_set == "UCS2" || envelope.character_set == "HEX";
  const auto data = data_of(hexadecimal ? without_layout(typed) : typed, submit.first_octet, submit.data_coding,
                            envelope.character_set);
  if (!data) return tl::unexpected{data.error()};
  submit.data = *data;
  auto tpdu = sms::encode(submit);
  if (!sms::decode_submit(tpdu)) return tl::unexpected{kInvalidText};  // a header that is none
  return Composed{{std::nullopt, std::move(tpdu)}, submit};
}

}  // namespace quasimodem::commands
