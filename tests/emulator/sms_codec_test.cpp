// SPDX-License-Identifier: Apache-2.0
// Short messages as octets, 3GPP 23.038 and 23.040.
#include "core/random.hpp"
#include "emulator/device/sms/pdu.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::device;

namespace {

/// A small generator of its own: the properties hold for any octets, only the failure must come again.
class Numbers {
 public:
  int below(int limit) {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<int>((state_ >> 8) % static_cast<unsigned>(limit));
  }
  Bytes octets(int count, int limit = 256) {
    Bytes result;
    while (static_cast<int>(result.size()) < count) result.push_back(static_cast<std::uint8_t>(below(limit)));
    return result;
  }

 private:
  std::uint32_t state_ = 1;
};

sms::Address some_address(Numbers& numbers) {
  if (numbers.below(4) == 0) {
    sms::Address name{.type = sms::Address::kName, .digits = {}, .name = numbers.octets(1 + numbers.below(11), 128)};
    return name;
  }
  sms::Address address{.type = static_cast<std::uint8_t>(numbers.below(2) ? 129 : 145), .digits = {}, .name = {}};
  for (int i = 1 + numbers.below(20); i > 0; --i) address.digits += "0123456789*#abc"[numbers.below(15)];
  return address;
}

sms::Timestamp some_time(Numbers& numbers) {
  return {numbers.below(100), 1 + numbers.below(12), 1 + numbers.below(31),  numbers.below(24),
          numbers.below(60),  numbers.below(60),     numbers.below(159) - 79};
}

sms::UserData some_data(Numbers& numbers, std::uint8_t coding) {
  if (sms::coding_of(coding) == sms::Coding::gsm7) return sms::gsm7_data(numbers.octets(numbers.below(161), 128));
  return sms::octet_data(numbers.octets(numbers.below(141)));
}

constexpr std::uint8_t kCodings[] = {0x00, 0x04, 0x08, 0x10, 0x12, 0xF0, 0xF5, 0xE0, 0xC8};

}  // namespace

TEST_CASE("packing septets is undone by unpacking, for every length and fill", "[sms]") {
  Numbers numbers;
  for (int length = 0; length <= 200; ++length) {
    for (int fill = 0; fill < 7; ++fill) {
      const auto septets = numbers.octets(length, 128);
      const auto octets = sms::pack(septets, fill);
      CHECK(octets.size() == (static_cast<std::size_t>(length * 7 + fill) + 7) / 8);
      CHECK(sms::unpack(octets, septets.size(), fill) == septets);
    }
  }
}

TEST_CASE("packed septets are those of the standard", "[sms]") {
  CHECK(sms::to_hex(sms::pack(as_bytes("hellohello"))) == "E8329BFD4697D9EC37");
  CHECK(sms::unpack({}, 10).empty());
}

TEST_CASE("every septet is a character and comes back", "[sms]") {
  for (int code = 0; code < 128; ++code) {
    if (code == 0x1B) continue;
    const Bytes septet{static_cast<std::uint8_t>(code)};
    CHECK(*sms::to_septets(sms::from_septets(septet)) == septet);
  }
  for (const char16_t character : std::u16string{u"^{}\\[~]|\u20AC\f"}) {
    const auto septets = sms::to_septets({character});
    REQUIRE(septets);
    CHECK(septets->size() == 2);
    CHECK(sms::from_septets(*septets) == sms::Text{character});
  }
  CHECK(!sms::to_septets(u"\u4F60"));
  CHECK(sms::to_septets_or_question_marks(u"a\u4F60") == to_bytes("a?"));
  CHECK(sms::from_septets(Bytes{0x1B}) == u" ");
}

TEST_CASE("UTF-8 and UTF-16 agree", "[sms]") {
  const std::string text = "a\u00E9\u20AC\U0001F600";
  CHECK(sms::from_utf8(text) == u"a\u00E9\u20AC\U0001F600");
  CHECK(sms::to_utf8(sms::from_utf8(text)) == text);
  CHECK(sms::from_utf8("\xFF\xC3") == u"\uFFFD\uFFFD");
  CHECK(sms::to_utf8({char16_t{0xD800}}) == "\uFFFD");
}

TEST_CASE("hexadecimal digits", "[sms]") {
  CHECK(*sms::from_hex("00fFA1") == Bytes{0x00, 0xFF, 0xA1});
  CHECK(!sms::from_hex("0"));
  CHECK(!sms::from_hex("0g"));
}

TEST_CASE("what is encoded decodes to the same", "[sms]") {
  Numbers numbers;
  for (int i = 0; i < 2000; ++i) {
    const auto coding = kCodings[numbers.below(static_cast<int>(std::size(kCodings)))];
    sms::Submit submit{.first_octet = static_cast<std::uint8_t>(0x01 | numbers.below(4) << 3),
                       .reference = static_cast<std::uint8_t>(numbers.below(256)),
                       .destination = some_address(numbers),
                       .data_coding = coding,
                       .validity = {},
                       .data = some_data(numbers, coding)};
    const auto form = submit.first_octet & sms::kValidityMask;
    submit.validity = numbers.octets(form == 0 ? 0 : form == 0x10 ? 1 : 7);
    CHECK(sms::decode_submit(sms::encode(submit)) == submit);

    const sms::Deliver deliver{.originator = some_address(numbers),
                               .data_coding = coding,
                               .time = some_time(numbers),
                               .data = some_data(numbers, coding)};
    CHECK(sms::decode_deliver(sms::encode(deliver)) == deliver);

    const sms::StatusReport report{.reference = 7,
                                   .recipient = some_address(numbers),
                                   .time = some_time(numbers),
                                   .discharge = some_time(numbers),
                                   .status = 0};
    CHECK(sms::decode_status_report(sms::encode(report)) == report);
  }
}

TEST_CASE("a PDU with any service centre comes back", "[sms]") {
  Numbers numbers;
  for (int i = 0; i < 2000; ++i) {
    sms::Pdu pdu;
    if (numbers.below(4)) {
      pdu.centre = some_address(numbers);
      if (pdu.centre->is_name()) continue;  // service centres have numbers
    }
    pdu.tpdu = numbers.octets(1 + numbers.below(static_cast<int>(sms::kMostTpdu)));
    const auto again = sms::decode_pdu(sms::encode(pdu));
    REQUIRE(again);
    CHECK(*again == pdu);
  }
}

TEST_CASE("a service centre of fillers only is none", "[sms]") {
  // Found by fuzz_pdu: it was read as an address without digits, which cannot be written.
  CHECK(!sms::decode_pdu(*sms::from_hex("0291FF0100028121F0000001C8")));
  CHECK(!sms::decode_pdu(*sms::from_hex("0391FFFF0100028121F0000001C8")));
  CHECK(!sms::decode_pdu(*sms::from_hex("01910100028121F0000001C8")));
  CHECK(sms::decode_pdu(*sms::from_hex("0291F10100028121F0000001C8")));
  // Nor is it one of AT+CMGS.
  const auto submit = sms::decode_submit(*sms::from_hex("01000281FF00000141"));
  if (submit) CHECK(sms::decode_submit(sms::encode(*submit)) == submit);
}

TEST_CASE("no octets make a decoder fall", "[sms]") {
  Numbers numbers;
  for (int i = 0; i < 20000; ++i) {
    const auto octets = numbers.octets(numbers.below(60), numbers.below(2) ? 256 : 16);
    if (const auto pdu = sms::decode_pdu(octets)) CHECK(pdu->tpdu.size() <= sms::kMostTpdu);
    if (const auto submit = sms::decode_submit(octets)) {
      CHECK(submit->data.octets.size() <= sms::kMostUserData);
      sms::text_of(submit->data, submit->first_octet, submit->data_coding);
    }
    if (const auto deliver = sms::decode_deliver(octets))
      sms::text_of(deliver->data, deliver->first_octet, deliver->data_coding);
    sms::decode_status_report(octets);
  }
}

TEST_CASE("every beginning of a message is no message", "[sms]") {
  const auto whole = sms::encode(sms::Submit{.destination = *sms::parse_number("+447700900456"),
                                             .validity = {167},
                                             .data = sms::gsm7_data(as_bytes("hello"))});
  REQUIRE(sms::decode_submit(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CHECK(!sms::decode_submit(ByteSpan{whole}.first(length)));
  }
  auto more = whole;
  more.push_back(0);
  CHECK(!sms::decode_submit(more));
}

TEST_CASE("a PDU known from elsewhere", "[sms]") {
  const auto octets = sms::from_hex("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37");
  const auto pdu = sms::decode_pdu(*octets);
  REQUIRE(pdu);
  CHECK(sms::number_text(*pdu->centre) == "+27381000015");
  const auto deliver = sms::decode_deliver(pdu->tpdu);
  REQUIRE(deliver);
  CHECK(deliver->originator.digits == "27838890001");
  CHECK(deliver->time == sms::Timestamp{99, 3, 29, 15, 16, 59, 8});
  CHECK(sms::text_of(deliver->data, deliver->first_octet, deliver->data_coding) == u"hellohello");
  CHECK(sms::encode(*pdu) == *octets);
}

TEST_CASE("numbers", "[sms]") {
  CHECK(sms::parse_number("+4917")->type == 145);
  CHECK(sms::parse_number("017")->type == 129);
  CHECK(sms::parse_number("017", 145)->type == 145);
  CHECK(!sms::parse_number(""));
  CHECK(!sms::parse_number("+"));
  CHECK(!sms::parse_number("12x"));
  CHECK(!sms::parse_number("123456789012345678901"));
  CHECK(!sms::parse_number("12", 208));
}

TEST_CASE("long texts come in parts that add up", "[sms]") {
  const auto from = *sms::parse_number("+4917");
  for (const std::string piece : {"a", "\u20AC", "\u4F60", "\U0001F600"}) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += piece;
    sms::Text whole;
    const auto parts = sms::deliveries(from, sms::from_utf8(text), {}, 9);
    CHECK(parts.size() > 2);
    for (const auto& part : parts) {
      const auto decoded = sms::decode_deliver(sms::encode(part));
      REQUIRE(decoded);
      CHECK(decoded->data.octets[3] == 9);
      CHECK(decoded->data.octets[4] == parts.size());
      whole += sms::text_of(decoded->data, decoded->first_octet, decoded->data_coding);
    }
    CHECK(sms::to_utf8(whole) == text);
  }
  CHECK(sms::deliveries(from, {}, {}, 0).size() == 1);
}
