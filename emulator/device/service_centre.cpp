// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/service_centre.hpp"

#include <algorithm>
#include <utility>

#include "emulator/device/pace.hpp"

namespace quasimodem::device {
void ServiceCentre::after(Delay Timing::*delay, std::function<void()> body) {
  surroundings_.timeline.after(std::max<Duration>(surroundings_.pace.next(delay), kMessagesApart),
                               [here = std::weak_ptr{here_}, body = std::move(body)] {
                                 if (!here.expired()) body();
                               });
}

// ---- what others send ----

Messaging::Delivery ServiceCentre::deliver(std::vector<Bytes> parts) {
  const auto first = surroundings_.deliver(parts.front());
  if (first != Messaging::Delivery::failed) deliver_rest(std::move(parts), 1);
  return first;
}

void ServiceCentre::deliver_rest(std::vector<Bytes> parts, std::size_t next) {
  if (next == parts.size()) return;
  after(&Timing::message_part, [this, parts = std::move(parts), next]() mutable {
    // ASSUMED: the rest is lost; a network would try again later.
    if (surroundings_.deliver(parts[next]) == Messaging::Delivery::failed) {
      return surroundings_.log.warning("part {} of {} and what follows it did not reach the module", next + 1,
                                       parts.size());
    }
    deliver_rest(std::move(parts), next + 1);
  });
}

// ---- what the module sent ----

void ServiceCentre::accept(const Messaging::Sent& sent) {
  if (!(sent.message.first_octet & sms::kStatusReportRequested)) return;
  after(&Timing::report, [this, sent] {
    const auto judgement = judges ? judges(sent.message) : std::nullopt;
    const auto status = judgement ? judgement : status_;
    // ASSUMED: a report that does not reach the module is lost; a network would try again later.
    if (status && report(sent, *status) == Messaging::Delivery::failed)
      surroundings_.log.warning("the report on message {} did not reach the module", sent.reference);
  });
}

Messaging::Delivery ServiceCentre::report(const Messaging::Sent& sent, std::uint8_t status) {
  const sms::StatusReport report{.reference = static_cast<std::uint8_t>(sent.reference),
                                 .recipient = sent.message.destination,
                                 .time = sent.time,
                                 .discharge = surroundings_.now(),
                                 .status = status};
  const auto pdu = sms::decode_pdu(sent.pdu);
  return surroundings_.deliver(sms::encode(sms::Pdu{pdu ? pdu->centre : std::nullopt, sms::encode(report)}));
}

}  // namespace quasimodem::device
