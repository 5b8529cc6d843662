// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/messaging.hpp"

#include <utility>

namespace quasimodem::device {
namespace {

constexpr std::string_view kCentreRecord = "sms-centre";
constexpr std::string_view kFactoryCentre = "+8613800210500";  // ASSUMED: of the network whose name AT+COPS? shows
constexpr std::size_t kJournalLength = 100;

// <mt> of AT+CNMI, 27.005 3.4.1.
enum Show { nothing = 0, stored = 1, directly = 2, class_3_directly = 3 };

bool goes_directly(int show, std::optional<int> message_class) {
  if (show == directly) return message_class != 2;  // class 2 belongs to the SIM
  return show == class_3_directly && message_class == 3;
}

}  // namespace

Messaging::Messaging(Surroundings surroundings)
    : surroundings_{std::move(surroundings)}, store_{surroundings_.flash, surroundings_.log} {}

sms::Address Messaging::centre() {
  const auto record = surroundings_.flash.read(kCentreRecord);
  auto centre = record && *record ? sms::parse_number(as_text(**record)) : std::nullopt;
  return centre ? *centre : *sms::parse_number(kFactoryCentre);
}

bool Messaging::set_centre(const sms::Address& centre) {
  return surroundings_.flash.write(kCentreRecord, as_bytes(sms::number_text(centre))).has_value();
}

void Messaging::send(sms::Pdu pdu, sms::Submit message, std::function<void(int)> done) {
  // ASSUMED: one count for all messages, over the whole life of a start; the network takes every message.
  reference_ = (reference_ + 1) % 256;
  message.reference = static_cast<std::uint8_t>(reference_);
  pdu.tpdu[1] = message.reference;
  Sent sent{reference_, encode(pdu), std::move(message)};
  surroundings_.timeline.after(
      surroundings_.pace.next(&Timing::round_trip),
      [this, sending = std::weak_ptr{sending_}, sent = std::move(sent), done = std::move(done)] {
        if (sending.expired()) return;
        journal_.push_back(sent);
        if (journal_.size() > kJournalLength) journal_.pop_front();
        surroundings_.log.info("message {} sent to {}", sent.reference, sms::number_text(sent.message.destination));
        note_sent(sent);
        if (on_sent) on_sent(sent);
        done(sent.reference);
      });
}

void Messaging::note_sent(const Sent& sent) const {
  if (!surroundings_.journal) return;
  const auto& message = sent.message;
  const auto text = sms::text_of(message.data, message.first_octet, message.data_coding);
  surroundings_.journal.write(RecordKind::sms, {{"event", "sent"},
                                                {"to", sms::number_text(message.destination)},
                                                {"text", as_bytes(sms::to_utf8(text))},
                                                {"reference", sent.reference}});
}

Messaging::Delivery Messaging::deliver(const Bytes& octets) {
  const auto pdu = sms::decode_pdu(octets);
  if (!pdu) return Delivery::failed;
  const auto message = sms::decode_deliver(pdu->tpdu);
  if (!message) return sms::decode_status_report(pdu->tpdu) ? deliver_report(octets) : Delivery::failed;
  if (goes_directly(settings_->show_messages, sms::class_of(message->data_coding))) {
    surroundings_.events.on_event(MessageShown{octets});
    return Delivery::shown;
  }
  return keep(settings_->receiving, octets, false);
}

Messaging::Delivery Messaging::keep(MessageMemory memory, const Bytes& pdu, bool report) {
  const auto index = store_.add(memory, {MessageState::unread, pdu});
  if (!index) {
    // ASSUMED: it is lost; a network would try again later.
    surroundings_.log.warning("no room for a message that arrived");
    return index.error() == StorageProblem::full ? Delivery::memory_full : Delivery::failed;
  }
  if (report || settings_->show_messages != nothing)
    surroundings_.events.on_event(MessageStored{memory, *index, report});
  return Delivery::stored;
}

Messaging::Delivery Messaging::deliver_report(const Bytes& pdu) {
  // ASSUMED: with <ds> 0 a report is dropped, as 27.005 3.4.1 has it.
  if (settings_->show_reports == 0) return Delivery::dropped;
  if (settings_->show_reports == 2) return keep(settings_->receiving, pdu, true);
  surroundings_.events.on_event(MessageShown{pdu});
  return Delivery::shown;
}

}  // namespace quasimodem::device
