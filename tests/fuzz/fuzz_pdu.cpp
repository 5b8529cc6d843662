// SPDX-License-Identifier: Apache-2.0
// Short messages as they travel (23.038, 23.040). An input is hexadecimal, as AT+CMGS takes it, or the octets.
#include "emulator/device/sms/pdu.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace quasimodem;
using namespace quasimodem::device;

namespace {

/// What was understood is written, and understood again, as the same.
template <class Message, class Decode>
void round_trip(const std::optional<Message>& message, const Decode& decode) {
  if (!message) return;
  const auto again = decode(sms::encode(*message));
  fuzz::require(again.has_value(), "an encoded message is a message");
  fuzz::require(*again == *message, "an encoded message is the same message");
}

template <class Message>
void read_text(const std::optional<Message>& message) {
  if (!message) return;
  fuzz::require(message->data.octets.size() <= sms::kMostUserData, "user data fits a message");
  const auto text = sms::text_of(message->data, message->first_octet, message->data_coding);
  fuzz::require(text.size() <= sms::kMostSeptets, "a message has no more characters than septets");
  sms::to_utf8(text);
}

void read_tpdu(ByteSpan octets) {
  const auto submit = sms::decode_submit(octets);
  const auto deliver = sms::decode_deliver(octets);
  round_trip(submit, sms::decode_submit);
  round_trip(deliver, sms::decode_deliver);
  round_trip(sms::decode_status_report(octets), sms::decode_status_report);
  read_text(submit);
  read_text(deliver);
}

void read_alphabets(ByteSpan octets) {
  for (int fill = 0; fill < 7; ++fill) {
    const auto septets = sms::unpack(octets, octets.size() * 8 / 7, fill);
    fuzz::require(sms::unpack(sms::pack(septets, fill), septets.size(), fill) == septets, "packed septets come back");
  }
  const auto text = sms::from_utf8(as_text(octets));
  fuzz::require(sms::from_utf8(sms::to_utf8(text)) == text, "what was read as UTF-8 can be written as UTF-8");
  fuzz::require(sms::from_ucs2(sms::to_ucs2(text)) == text, "UCS2 comes back");
  fuzz::require(sms::from_hex(sms::to_hex(octets)) == Bytes(octets.begin(), octets.end()), "hexadecimal comes back");
  if (octets.size() > 400) return;
  for (const auto& part : sms::deliveries(sms::named(text), text, {}, 1))
    round_trip(std::optional{part}, sms::decode_deliver);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text({data, size});
  while (text.ends_with('\n') || text.ends_with('\x1A')) text.remove_suffix(1);
  const auto digits = sms::from_hex(text);
  const auto octets = digits ? *digits : Bytes(data, data + size);
  const auto pdu = sms::decode_pdu(octets);
  round_trip(pdu, sms::decode_pdu);
  read_tpdu(pdu ? pdu->tpdu : octets);
  read_alphabets(octets);
  return 0;
}
