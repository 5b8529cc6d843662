// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"
#include "emulator/device/sms/alphabet.hpp"

// Short messages as they travel, 3GPP 23.040. Every decoder takes any octets and gives nothing for what is no message.
namespace quasimodem::device::sms {

inline constexpr std::size_t kMostUserData = 140;  ///< octets
inline constexpr std::size_t kMostSeptets = 160;
inline constexpr std::size_t kMostTpdu = 164;  ///< SMS-SUBMIT with every field at its longest

/// A number with its type of address: 129 unknown, 145 international, 208 a name in the GSM alphabet.
struct Address {
  static constexpr std::uint8_t kUnknown = 129;
  static constexpr std::uint8_t kInternational = 145;
  static constexpr std::uint8_t kName = 208;

  std::uint8_t type = kUnknown;
  std::string digits;  ///< `0`–`9 * # a b c`; empty for a name
  Bytes name;          ///< septets; for a name only

  bool is_name() const { return (type & 0x70) == 0x50; }
  bool international() const { return (type & 0x70) == 0x10; }
  bool operator==(const Address&) const = default;
};

/// `+8615…` or `15…`, at most 20 digits; without `type` the plus decides. Nothing when it is no number.
std::optional<Address> parse_number(std::string_view text, std::optional<int> type = std::nullopt);
/// A name of up to eleven characters.
Address named(const Text& name);
/// With the plus of an international number. Empty for a name.
std::string number_text(const Address& address);

/// TP-SCTS.
struct Timestamp {
  int year = 0;  ///< of the century
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int quarter_hours = 0;  ///< zone, -79 … +79

  bool operator==(const Timestamp&) const = default;
};

// First octet.
inline constexpr std::uint8_t kTypeMask = 0x03;
inline constexpr std::uint8_t kValidityMask = 0x18;
inline constexpr std::uint8_t kStatusReportRequested = 0x20;
inline constexpr std::uint8_t kHasHeader = 0x40;

/// What TP-DCS says (23.038 4).
enum class Coding { gsm7, octets, ucs2 };
Coding coding_of(std::uint8_t data_coding);
/// Message class 0–3, if there is one.
std::optional<int> class_of(std::uint8_t data_coding);

/// TP-UDL and TP-UD. With a header it begins with its length.
struct UserData {
  std::uint8_t length = 0;  ///< septets with the GSM alphabet, octets otherwise
  Bytes octets;

  bool operator==(const UserData&) const = default;
};
UserData gsm7_data(ByteSpan septets);
UserData octet_data(ByteSpan octets);
/// The text behind a header, if there is one. Octets become one character each.
Text text_of(const UserData& data, std::uint8_t first_octet, std::uint8_t data_coding);

struct Submit {
  std::uint8_t first_octet = 0x11;
  std::uint8_t reference = 0;
  Address destination;
  std::uint8_t protocol = 0;
  std::uint8_t data_coding = 0;
  Bytes validity;  ///< 0, 1 or 7 octets, as the first octet says
  UserData data;

  bool operator==(const Submit&) const = default;
};
struct Deliver {
  std::uint8_t first_octet = 0x04;
  Address originator;
  std::uint8_t protocol = 0;
  std::uint8_t data_coding = 0;
  Timestamp time;
  UserData data;

  bool operator==(const Deliver&) const = default;
};
struct StatusReport {
  std::uint8_t first_octet = 0x06;
  std::uint8_t reference = 0;
  Address recipient;
  Timestamp time;       ///< when the centre had the message
  Timestamp discharge;  ///< when it was delivered or given up
  std::uint8_t status = 0;

  bool operator==(const StatusReport&) const = default;
};

Bytes encode(const Submit& submit);
Bytes encode(const Deliver& deliver);
Bytes encode(const StatusReport& report);

std::optional<Submit> decode_submit(ByteSpan tpdu);
/// The same for a TPDU with octets behind the user data that TP-UDL announces; they do not belong to the message.
struct LongSubmit {
  Submit submit;
  std::size_t surplus = 0;  ///< octets
};
std::optional<LongSubmit> decode_long_submit(ByteSpan tpdu);
std::optional<Deliver> decode_deliver(ByteSpan tpdu);
std::optional<StatusReport> decode_status_report(ByteSpan tpdu);

/// A PDU as AT commands show it: the service centre's address and then the TPDU.
struct Pdu {
  std::optional<Address> centre;
  Bytes tpdu;

  bool operator==(const Pdu&) const = default;
};
Bytes encode(const Pdu& pdu);
std::optional<Pdu> decode_pdu(ByteSpan octets);

/// What somebody wrote, as the messages that carry it: GSM alphabet where it can be, UCS2 otherwise, and concatenated
/// parts with a header where one message is too short.
std::vector<Deliver> deliveries(const Address& from, const Text& text, const Timestamp& time, std::uint8_t reference);

}  // namespace quasimodem::device::sms
