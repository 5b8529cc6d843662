// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/messaging.hpp"

#include <algorithm>
#include <utility>

#include "emulator/device/events.hpp"
#include "emulator/device/local_time.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::device {
namespace {

constexpr std::string_view kCentreRecord = "sms-centre";
constexpr std::string_view kFactoryCentre = "+8613800210500";  // ASSUMED: of the network whose name AT+COPS? shows
constexpr std::size_t kJournalLength = 100;
constexpr auto kAcknowledgedWithin = 15s;  // 24.011 10.1: TR2M lies between 12 and 20 s

// <mt> of AT+CNMI, 27.005 3.4.1.
bool goes_directly(MessageReport report, std::optional<int> message_class) {
  if (report == MessageReport::shown) return message_class != 2;  // class 2 belongs to the SIM
  return report == MessageReport::class_3_shown && message_class == 3;
}

}  // namespace

sms::Timestamp timestamp_of(const LocalTime& local) {
  const auto day = std::chrono::floor<std::chrono::days>(local.time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{local.time - day};
  return {.year = static_cast<int>(date.year()) % 100,
          .month = static_cast<int>(static_cast<unsigned>(date.month())),
          .day = static_cast<int>(static_cast<unsigned>(date.day())),
          .hour = static_cast<int>(time.hours().count()),
          .minute = static_cast<int>(time.minutes().count()),
          .second = static_cast<int>(time.seconds().count()),
          .quarter_hours = local.quarter_hours};
}

Messaging::Messaging(Surroundings surroundings)
    : surroundings_{std::move(surroundings)},
      store_{surroundings_.flash, surroundings_.log},
      acknowledgement_{surroundings_.timeline} {}

sms::Address Messaging::centre() {
  const auto record = surroundings_.flash.read(kCentreRecord);
  auto centre = record && *record ? sms::parse_number(as_text(**record)) : std::nullopt;
  return centre ? *centre : *sms::parse_number(kFactoryCentre);
}

bool Messaging::set_centre(const sms::Address& centre) {
  return surroundings_.flash.write(kCentreRecord, as_bytes(sms::number_text(centre))).has_value();
}

void Messaging::send(sms::Pdu pdu, sms::Submit message, std::function<void(Outcome)> done) {
  // ASSUMED: one count for all messages, over the whole life of a start, also for those that the network refuses.
  reference_ = (reference_ + 1) % 256;
  message.reference = static_cast<std::uint8_t>(reference_);
  pdu.tpdu[1] = message.reference;
  Sent sent{reference_, encode(pdu), std::move(message)};
  surroundings_.timeline.after(
      surroundings_.pace.next(&Timing::round_trip),
      [this, sending = std::weak_ptr{sending_}, sent = std::move(sent), done = std::move(done)]() mutable {
        if (sending.expired()) return;
        sent.time = surroundings_.now();
        if (const auto cause = refuses ? refuses(sent.message) : std::nullopt) {
          note_refused(sent, *cause);
          return done(tl::unexpected{*cause});
        }
        journal_.push_back(sent);
        if (journal_.size() > kJournalLength) journal_.pop_front();
        surroundings_.log.info("message {} sent to {}", sent.reference, sms::number_text(sent.message.destination));
        note_sent(sent);
        done(sent.reference);
        if (on_sent) on_sent(sent);
      });
}

const Messaging::Sent* Messaging::find_sent(int reference) const {
  const auto found = std::find_if(journal_.rbegin(), journal_.rend(),
                                  [reference](const Sent& sent) { return sent.reference == reference; });
  return found == journal_.rend() ? nullptr : &*found;
}

void Messaging::power_off() {
  sending_ = std::make_shared<bool>(true);
  acknowledgement_.cancel();
  awaited_ = false;
  shown_.clear();
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

void Messaging::note_refused(const Sent& sent, int cause) const {
  const auto to = sms::number_text(sent.message.destination);
  surroundings_.log.info("the network refuses the message to {}: {}", to, cause);
  if (surroundings_.journal)
    surroundings_.journal.write(RecordKind::sms, {{"event", "refused"}, {"to", to}, {"cause", cause}});
}

Messaging::Delivery Messaging::deliver(const Bytes& octets) {
  const auto pdu = sms::decode_pdu(octets);
  if (!pdu) return Delivery::failed;
  const auto message = sms::decode_deliver(pdu->tpdu);
  if (!message) return sms::decode_status_report(pdu->tpdu) ? deliver_report(octets) : Delivery::failed;
  if (goes_directly(settings_->show_messages, sms::class_of(message->data_coding))) {
    show(octets);
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
  surroundings_.events.on_event(MessageStored{memory, *index, report});
  return Delivery::stored;
}

Messaging::Delivery Messaging::deliver_report(const Bytes& pdu) {
  // ASSUMED: with <ds> 0 a report is dropped, as 27.005 3.4.1 has it.
  if (settings_->show_reports == StatusReport::dropped) return Delivery::dropped;
  if (settings_->show_reports == StatusReport::stored) return keep(settings_->receiving, pdu, true);
  show(pdu);
  return Delivery::shown;
}

// ---- AT+CNMA (27.005 3.4.4) ----

void Messaging::show(const Bytes& pdu) {
  if (!settings_->acknowledged()) return surroundings_.events.on_event(MessageShown{pdu});
  shown_.push_back(pdu);
  if (shown_.size() == 1) show_next();
}

void Messaging::show_next() {
  awaited_ = true;
  acknowledgement_.start(kAcknowledgedWithin, [this] { miss_acknowledgement(); });
  surroundings_.events.on_event(MessageShown{shown_.front()});
}

bool Messaging::acknowledge() {
  if (!std::exchange(awaited_, false)) return false;
  acknowledgement_.cancel();
  shown_.pop_front();
  if (!shown_.empty()) {
    const auto apart = std::max<Duration>(surroundings_.pace.next(&Timing::message_part), kMessagesApart);
    acknowledgement_.start(apart, [this] { show_next(); });
  }
  return true;
}

void Messaging::settings_changed() {
  if (!settings_->acknowledged()) forgo_acknowledgement();
}

void Messaging::forgo_acknowledgement() {
  acknowledgement_.cancel();
  const auto shown = std::exchange(shown_, {});
  for (std::size_t i = std::exchange(awaited_, false) ? 1 : 0; i < shown.size(); ++i) {
    surroundings_.events.on_event(MessageShown{shown[i]});
  }
}

void Messaging::miss_acknowledgement() {
  awaited_ = false;
  surroundings_.log.warning("no AT+CNMA within {} s: <mt> and <ds> of AT+CNMI are 0 now", kAcknowledgedWithin / 1s);
  settings_->show_messages = MessageReport::none;
  settings_->show_reports = StatusReport::dropped;
  // ASSUMED: the network tries again at once, and what is not shown any more is stored.
  for (const auto& pdu : std::exchange(shown_, {})) deliver(pdu);
}

}  // namespace quasimodem::device
