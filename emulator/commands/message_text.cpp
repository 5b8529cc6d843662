// SPDX-License-Identifier: Apache-2.0
#include "emulator/commands/message_text.hpp"

#include <fmt/core.h>

#include "emulator/commands/character_set.hpp"
#include "emulator/device/message_store.hpp"
#include "emulator/device/sms/pdu.hpp"

namespace quasimodem::commands {
namespace {

namespace sms = device::sms;
using device::MessageState;

std::string number_text(const sms::Address& address, const Settings& settings) {
  if (address.is_name()) return shown_text(sms::from_septets(address.name), settings.character_set);
  return shown_number(sms::number_text(address), settings.character_set);
}

// MANUAL M66 8.7: a blank between date and time, unlike 27.005.
std::string time_text(const sms::Timestamp& time) {
  return fmt::format("20{:02}/{:02}/{:02} {:02}:{:02}:{:02}{}{:02}", time.year, time.month, time.day, time.hour,
                     time.minute, time.second, time.quarter_hours < 0 ? '-' : '+', std::abs(time.quarter_hours));
}

/// 27.005 3.1 <data>: text in the TE's character set, or hexadecimal octets. ASSUMED: a header is left out.
std::string body(const sms::UserData& data, std::uint8_t first_octet, std::uint8_t data_coding,
                 const Settings& settings) {
  const auto text = sms::text_of(data, first_octet, data_coding);
  switch (sms::coding_of(data_coding)) {
    case sms::Coding::gsm7: return shown_text(text, settings.character_set);
    case sms::Coding::ucs2: return sms::to_hex(sms::to_ucs2(text));
    case sms::Coding::octets: break;
  }
  return sms::to_hex(Bytes{text.begin(), text.end()});
}

/// `,"+8613800210500",145,27` — what AT+CSDH=1 adds at the end. ASSUMED: an empty number when the PDU names no centre.
std::string tail(const std::optional<sms::Address>& centre, int length, const Settings& settings) {
  if (!centre) return fmt::format(",\"\",129,{}", length);
  return fmt::format(",\"{}\",{},{}", number_text(*centre, settings), centre->type, length);
}

std::string_view state_in_quotes(MessageState state) {
  switch (state) {
    case MessageState::unread: return "\"REC UNREAD\"";
    case MessageState::read: return "\"REC READ\"";
    case MessageState::unsent: return "\"STO UNSENT\"";
    case MessageState::sent: return "\"STO SENT\"";
  }
  return "";
}

/// `"<oa>","","<scts>"` and, with AT+CSDH=1, `,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>`.
std::string deliver_fields(const sms::Pdu& pdu, const sms::Deliver& message, const Settings& settings) {
  auto fields = fmt::format("\"{}\",\"\",\"{}\"", number_text(message.originator, settings), time_text(message.time));
  if (settings.messages.show_header) {
    fields += fmt::format(",{},{},{},{}", message.originator.type, message.first_octet, message.protocol,
                          message.data_coding);
    fields += tail(pdu.centre, message.data.length, settings);
  }
  return fields;
}

/// `"<da>",""` and, with AT+CSDH=1, `,<toda>,<fo>,<pid>,<dcs>,<vp>,<sca>,<tosca>,<length>`.
std::string submit_fields(const sms::Pdu& pdu, const sms::Submit& message, const Settings& settings) {
  auto fields = fmt::format("\"{}\",\"\"", number_text(message.destination, settings));
  if (settings.messages.show_header) {
    const auto validity = message.validity.size() == 1 ? fmt::format("{}", message.validity.front()) : std::string{};
    fields += fmt::format(",{},{},{},{},{}", message.destination.type, message.first_octet, message.protocol,
                          message.data_coding, validity);
    fields += tail(pdu.centre, message.data.length, settings);
  }
  return fields;
}

/// `<fo>,<mr>,<ra>,<tora>,<scts>,<dt>,<st>`
std::string report_fields(const sms::StatusReport& report, const Settings& settings) {
  return fmt::format("{},{},\"{}\",{},\"{}\",\"{}\",{}", report.first_octet, report.reference,
                     number_text(report.recipient, settings), report.recipient.type, time_text(report.time),
                     time_text(report.discharge), report.status);
}

MessageLines text_lines(const device::StoredMessage& message, const sms::Pdu& pdu, const Settings& settings) {
  const auto state = state_in_quotes(message.state);
  if (const auto deliver = sms::decode_deliver(pdu.tpdu)) {
    return {fmt::format("{},{}", state, deliver_fields(pdu, *deliver, settings)),
            body(deliver->data, deliver->first_octet, deliver->data_coding, settings)};
  }
  if (const auto submit = sms::decode_submit(pdu.tpdu)) {
    return {fmt::format("{},{}", state, submit_fields(pdu, *submit, settings)),
            body(submit->data, submit->first_octet, submit->data_coding, settings)};
  }
  if (const auto report = sms::decode_status_report(pdu.tpdu))
    return {fmt::format("{},{}", state, report_fields(*report, settings)), {}};
  return {};
}

sms::Pdu taken_apart(const Bytes& octets) { return sms::decode_pdu(octets).value_or(sms::Pdu{}); }

// ASSUMED: <alpha> is the empty string; no sample has a name there.
MessageLines pdu_lines(const device::StoredMessage& message, const sms::Pdu& pdu) {
  return {fmt::format("{},\"\",{}", static_cast<int>(message.state), pdu.tpdu.size()), sms::to_hex(message.pdu)};
}

}  // namespace

std::string_view memory_name(device::MessageMemory memory) {
  switch (memory) {
    case device::MessageMemory::sim: return "SM";
    case device::MessageMemory::equipment: return "ME";
    case device::MessageMemory::both: break;
  }
  return "MT";
}

std::string_view state_name(MessageState state) {
  const auto quoted = state_in_quotes(state);
  return quoted.substr(1, quoted.size() - 2);
}

MessageLines message_lines(const device::StoredMessage& message, const Settings& settings) {
  const auto pdu = taken_apart(message.pdu);
  return settings.text_mode ? text_lines(message, pdu, settings) : pdu_lines(message, pdu);
}

MessageLines listed_lines(int index, const device::StoredMessage& message, const Settings& settings) {
  // The list adds only <tooa>,<length> with AT+CSDH=1 (27.005 3.4.2). ASSUMED: to messages to be sent as well, behind
  // an empty <scts>.
  auto plain = settings;
  plain.messages.show_header = false;
  const auto lines = message_lines(message, plain);
  std::string extra;
  if (settings.text_mode && settings.messages.show_header) {
    const auto pdu = taken_apart(message.pdu);
    if (const auto deliver = sms::decode_deliver(pdu.tpdu)) {
      extra = fmt::format(",{},{}", deliver->originator.type, deliver->data.length);
    } else if (const auto submit = sms::decode_submit(pdu.tpdu)) {
      extra = fmt::format(",\"\",{},{}", submit->destination.type, submit->data.length);
    }
  }
  return {fmt::format("{},{}{}", index, lines.header, extra), lines.body};
}

std::vector<std::string> shown_lines(const Bytes& octets, const Settings& settings) {
  const auto pdu = taken_apart(octets);
  const auto deliver = sms::decode_deliver(pdu.tpdu);
  if (!settings.text_mode) {
    return {fmt::format("{}{}", deliver ? "+CMT: ," : "+CDS: ", pdu.tpdu.size()), sms::to_hex(octets)};
  }
  if (deliver) {
    return {fmt::format("+CMT: {}", deliver_fields(pdu, *deliver, settings)),
            body(deliver->data, deliver->first_octet, deliver->data_coding, settings)};
  }
  const auto report = sms::decode_status_report(pdu.tpdu);
  // ASSUMED: 27.005's layout of reports, of which no source has a sample.
  return {fmt::format("+CDS: {}", report ? report_fields(*report, settings) : std::string{})};
}

}  // namespace quasimodem::commands
