// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/sms/pdu.hpp"

#include <algorithm>

namespace quasimodem::device::sms {
namespace {

constexpr std::string_view kDigits = "0123456789*#abc";
constexpr std::size_t kMostDigits = 20;
constexpr std::uint8_t kFiller = 0xF;

/// Takes octets off the front of a message; once there are too few, everything that follows fails.
class Reader {
 public:
  explicit Reader(ByteSpan octets) : rest_{octets} {}

  std::uint8_t octet() {
    const auto one = octets(1);
    return one.empty() ? std::uint8_t{0} : one.front();
  }
  ByteSpan octets(std::size_t count) {
    if (count > rest_.size()) {
      whole_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  void fail() { whole_ = false; }
  bool whole() const { return whole_; }
  bool at_end() const { return rest_.empty(); }
  ByteSpan rest() const { return rest_; }

 private:
  ByteSpan rest_;
  bool whole_ = true;
};

// ---- addresses ----

Bytes semi_octets(std::string_view digits) {
  Bytes octets;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto low = kDigits.find(digits[i]);
    const auto high = i + 1 < digits.size() ? kDigits.find(digits[i + 1]) : kFiller;
    octets.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return octets;
}

/// Up to `count` digits; a filler ends them.
std::string digits_of(ByteSpan octets, std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count && i / 2 < octets.size(); ++i) {
    const auto digit = i % 2 ? octets[i / 2] >> 4 : octets[i / 2] & 0xF;
    if (digit == kFiller) break;
    digits += kDigits[static_cast<std::size_t>(digit)];
  }
  return digits;
}

void put_address(Bytes& to, const Address& address) {
  const auto value = address.is_name() ? pack(address.name) : semi_octets(address.digits);
  const auto length = address.is_name() ? (address.name.size() * 7 + 3) / 4 : address.digits.size();
  to.push_back(static_cast<std::uint8_t>(length));
  to.push_back(address.type);
  append(to, value);
}

Address take_address(Reader& reader) {
  const std::size_t length = reader.octet();
  Address address{.type = reader.octet()};
  if (length > kMostDigits + 2) reader.fail();  // eleven characters of a name are 20 semi-octets
  const auto value = reader.octets((length + 1) / 2);
  if (address.is_name()) {
    address.name = unpack(value, length * 4 / 7);
  } else {
    address.digits = digits_of(value, length);
  }
  return address;
}

// ---- times ----

std::uint8_t swapped(int value) { return static_cast<std::uint8_t>(value % 10 << 4 | value / 10); }

void put_time(Bytes& to, const Timestamp& time) {
  for (const int part : {time.year, time.month, time.day, time.hour, time.minute, time.second})
    to.push_back(swapped(part));
  const auto zone = swapped(std::abs(time.quarter_hours));
  to.push_back(static_cast<std::uint8_t>(zone | (time.quarter_hours < 0 ? 0x08 : 0)));
}

int take_swapped(Reader& reader, std::uint8_t octet, int lowest, int highest) {
  const int value = (octet & 0xF) * 10 + (octet >> 4);
  if ((octet & 0xF) > 9 || octet >> 4 > 9 || value < lowest || value > highest) reader.fail();
  return value;
}

Timestamp take_time(Reader& reader) {
  Timestamp time;
  time.year = take_swapped(reader, reader.octet(), 0, 99);
  time.month = take_swapped(reader, reader.octet(), 1, 12);
  time.day = take_swapped(reader, reader.octet(), 1, 31);
  time.hour = take_swapped(reader, reader.octet(), 0, 23);
  time.minute = take_swapped(reader, reader.octet(), 0, 59);
  time.second = take_swapped(reader, reader.octet(), 0, 59);
  const auto zone = reader.octet();
  time.quarter_hours = take_swapped(reader, static_cast<std::uint8_t>(zone & ~0x08), 0, 79);
  if (zone & 0x08) time.quarter_hours = -time.quarter_hours;
  return time;
}

// ---- user data ----

void put_data(Bytes& to, const UserData& data) {
  to.push_back(data.length);
  append(to, data.octets);
}

UserData take_data(Reader& reader, std::uint8_t first_octet, std::uint8_t data_coding) {
  UserData data{.length = reader.octet(), .octets = {}};
  const bool septets = coding_of(data_coding) == Coding::gsm7;
  const std::size_t size = septets ? (data.length * 7u + 7) / 8 : data.length;
  if (size > kMostUserData) reader.fail();
  const auto octets = reader.octets(size);
  data.octets.assign(octets.begin(), octets.end());
  const bool header = first_octet & kHasHeader;
  if (header && (octets.empty() || octets.front() + 1u > octets.size())) reader.fail();
  return data;
}

std::size_t validity_size(std::uint8_t first_octet) {
  switch (first_octet & kValidityMask) {
    case 0x00: return 0;
    case 0x10: return 1;  // relative
    default: return 7;    // enhanced, absolute
  }
}

}  // namespace

std::optional<Address> parse_number(std::string_view text, std::optional<int> type) {
  Address address;
  if (text.starts_with('+')) {
    address.type = Address::kInternational;
    text.remove_prefix(1);
  }
  if (type) address.type = static_cast<std::uint8_t>(*type);
  if (text.empty() || text.size() > kMostDigits || address.is_name()) return std::nullopt;
  if (text.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  address.digits = text;
  return address;
}

Address named(const Text& name) {
  constexpr std::size_t kMostCharacters = 11;
  Address address{.type = Address::kName, .digits = {}, .name = to_septets_or_question_marks(name)};
  address.name.resize(std::min(address.name.size(), kMostCharacters));
  return address;
}

std::string number_text(const Address& address) {
  return address.international() ? '+' + address.digits : address.digits;
}

Coding coding_of(std::uint8_t data_coding) {
  const int group = data_coding >> 4;
  const bool general = group < 8;  // 00xx and the same with "marked for automatic deletion"
  if (general) {
    switch (data_coding >> 2 & 3) {
      case 1: return Coding::octets;
      case 2: return Coding::ucs2;
      default: return Coding::gsm7;
    }
  }
  if (group == 0xE) return Coding::ucs2;  // message waiting, store, UCS2
  if (group == 0xF) return data_coding & 0x04 ? Coding::octets : Coding::gsm7;
  return Coding::gsm7;
}

std::optional<int> class_of(std::uint8_t data_coding) {
  const int group = data_coding >> 4;
  const bool general_with_class = group < 8 && (data_coding & 0x10);
  if (general_with_class || group == 0xF) return data_coding & 3;
  return std::nullopt;
}

UserData gsm7_data(ByteSpan septets) {
  return {.length = static_cast<std::uint8_t>(septets.size()), .octets = pack(septets)};
}

UserData octet_data(ByteSpan octets) {
  return {.length = static_cast<std::uint8_t>(octets.size()), .octets = {octets.begin(), octets.end()}};
}

Text text_of(const UserData& data, std::uint8_t first_octet, std::uint8_t data_coding) {
  ByteSpan octets{data.octets};
  std::size_t header = first_octet & kHasHeader && !octets.empty() ? octets.front() + 1u : 0;
  header = std::min(header, octets.size());
  switch (coding_of(data_coding)) {
    case Coding::gsm7: {
      const auto skipped = (header * 8 + 6) / 7;
      const auto septets = unpack(octets, data.length);
      return from_septets(ByteSpan{septets}.subspan(std::min(skipped, septets.size())));
    }
    case Coding::ucs2: return from_ucs2(octets.subspan(header));
    case Coding::octets: break;
  }
  octets = octets.subspan(header);
  return {octets.begin(), octets.end()};
}

Bytes encode(const Submit& submit) {
  Bytes tpdu{submit.first_octet, submit.reference};
  put_address(tpdu, submit.destination);
  tpdu.push_back(submit.protocol);
  tpdu.push_back(submit.data_coding);
  append(tpdu, submit.validity);
  put_data(tpdu, submit.data);
  return tpdu;
}

Bytes encode(const Deliver& deliver) {
  Bytes tpdu{deliver.first_octet};
  put_address(tpdu, deliver.originator);
  tpdu.push_back(deliver.protocol);
  tpdu.push_back(deliver.data_coding);
  put_time(tpdu, deliver.time);
  put_data(tpdu, deliver.data);
  return tpdu;
}

Bytes encode(const StatusReport& report) {
  Bytes tpdu{report.first_octet, report.reference};
  put_address(tpdu, report.recipient);
  put_time(tpdu, report.time);
  put_time(tpdu, report.discharge);
  tpdu.push_back(report.status);
  return tpdu;
}

std::optional<LongSubmit> decode_long_submit(ByteSpan tpdu) {
  Reader reader{tpdu};
  Submit submit;
  submit.first_octet = reader.octet();
  submit.reference = reader.octet();
  submit.destination = take_address(reader);
  submit.protocol = reader.octet();
  submit.data_coding = reader.octet();
  const auto validity = reader.octets(validity_size(submit.first_octet));
  submit.validity.assign(validity.begin(), validity.end());
  submit.data = take_data(reader, submit.first_octet, submit.data_coding);
  if (!reader.whole() || (submit.first_octet & kTypeMask) != 1) return std::nullopt;
  return LongSubmit{std::move(submit), reader.rest().size()};
}

std::optional<Submit> decode_submit(ByteSpan tpdu) {
  auto decoded = decode_long_submit(tpdu);
  return decoded && decoded->surplus == 0 ? std::optional{std::move(decoded->submit)} : std::nullopt;
}

std::optional<Deliver> decode_deliver(ByteSpan tpdu) {
  Reader reader{tpdu};
  Deliver deliver;
  deliver.first_octet = reader.octet();
  deliver.originator = take_address(reader);
  deliver.protocol = reader.octet();
  deliver.data_coding = reader.octet();
  deliver.time = take_time(reader);
  deliver.data = take_data(reader, deliver.first_octet, deliver.data_coding);
  if (!reader.whole() || !reader.at_end() || (deliver.first_octet & kTypeMask) != 0) return std::nullopt;
  return deliver;
}

std::optional<StatusReport> decode_status_report(ByteSpan tpdu) {
  Reader reader{tpdu};
  StatusReport report;
  report.first_octet = reader.octet();
  report.reference = reader.octet();
  report.recipient = take_address(reader);
  report.time = take_time(reader);
  report.discharge = take_time(reader);
  report.status = reader.octet();
  // Optional parameters may follow; nothing here needs them.
  if (!reader.whole() || (report.first_octet & kTypeMask) != 2) return std::nullopt;
  return report;
}

// The length of a service centre's address counts octets and includes the type.
Bytes encode(const Pdu& pdu) {
  Bytes octets;
  if (pdu.centre) {
    const auto digits = semi_octets(pdu.centre->digits);
    octets.push_back(static_cast<std::uint8_t>(digits.size() + 1));
    octets.push_back(pdu.centre->type);
    append(octets, digits);
  } else {
    octets.push_back(0);
  }
  append(octets, pdu.tpdu);
  return octets;
}

std::optional<Pdu> decode_pdu(ByteSpan octets) {
  Reader reader{octets};
  Pdu pdu;
  const std::size_t length = reader.octet();
  if (length > kMostDigits / 2 + 1 || length == 1) return std::nullopt;
  if (length > 0) {
    const auto type = reader.octet();
    pdu.centre = Address{.type = type, .digits = digits_of(reader.octets(length - 1), kMostDigits), .name = {}};
    if (pdu.centre->is_name() || pdu.centre->digits.empty()) return std::nullopt;
  }
  if (!reader.whole() || reader.at_end() || reader.rest().size() > kMostTpdu) return std::nullopt;
  pdu.tpdu.assign(reader.rest().begin(), reader.rest().end());
  return pdu;
}

// ---- long messages ----

namespace {

constexpr std::size_t kHeaderOctets = 6;  // 05 00 03 <reference> <parts> <part>

/// Cuts so that neither an escape and its code nor two surrogates come apart.
template <class Unit, class Splits>
std::vector<std::vector<Unit>> pieces(const std::vector<Unit>& units, std::size_t most, Splits starts_pair) {
  std::vector<std::vector<Unit>> result;
  for (auto from = units.begin(); from != units.end();) {
    auto to =
        static_cast<std::size_t>(units.end() - from) > most ? from + static_cast<std::ptrdiff_t>(most) : units.end();
    if (to != units.end() && starts_pair(*(to - 1))) --to;
    result.emplace_back(from, to);
    from = to;
  }
  return result;
}

UserData with_header(const Bytes& header, Coding coding, ByteSpan content) {
  if (coding != Coding::gsm7) {
    auto octets = header;
    append(octets, content);
    return octet_data(octets);
  }
  constexpr int kFill = 1;  // 48 bits of header, then septets begin at bit 49
  const auto packed = pack(content, kFill);
  auto octets = header;
  append(octets, packed);
  return {.length = static_cast<std::uint8_t>(content.size() + (kHeaderOctets * 8 + kFill) / 7), .octets = octets};
}

std::vector<Bytes> parts_of(const Text& text, Coding coding) {
  std::vector<Bytes> parts;
  if (coding == Coding::gsm7) {
    const auto septets = *to_septets(text);
    if (septets.size() <= kMostSeptets) return {septets};
    return pieces(septets, 153, [](std::uint8_t septet) { return septet == 0x1B; });
  }
  if (text.size() * 2 <= kMostUserData) return {to_ucs2(text)};
  const std::vector<char16_t> units{text.begin(), text.end()};
  for (const auto& piece : pieces(units, 67, [](char16_t unit) { return unit >= 0xD800 && unit < 0xDC00; }))
    parts.push_back(to_ucs2({piece.begin(), piece.end()}));
  return parts;
}

}  // namespace

std::vector<Deliver> deliveries(const Address& from, const Text& text, const Timestamp& time, std::uint8_t reference) {
  const auto coding = to_septets(text) ? Coding::gsm7 : Coding::ucs2;
  const auto parts = parts_of(text, coding);
  std::vector<Deliver> result;
  for (const auto& part : parts) {
    Deliver deliver{.originator = from, .time = time, .data = {}};
    deliver.data_coding = coding == Coding::gsm7 ? 0x00 : 0x08;
    if (parts.size() == 1) {
      deliver.data = coding == Coding::gsm7 ? gsm7_data(part) : octet_data(part);
    } else {
      deliver.first_octet = static_cast<std::uint8_t>(deliver.first_octet | kHasHeader);
      const Bytes header{
          5, 0, 3, reference, static_cast<std::uint8_t>(parts.size()), static_cast<std::uint8_t>(result.size() + 1)};
      deliver.data = with_header(header, coding, part);
    }
    result.push_back(std::move(deliver));
  }
  return result;
}

}  // namespace quasimodem::device::sms
