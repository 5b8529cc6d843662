// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/message_settings.hpp"
#include "emulator/device/message_store.hpp"
#include "emulator/device/sms/pdu.hpp"

namespace quasimodem::device {

class Pace;
struct LocalTime;

/// Over the air no two messages come at once. So they do not here in a profile without delays either: a host that reads
/// its UART whenever something is there sees one after the other.
inline constexpr Duration kMessagesApart = 10ms;

/// A time as messages carry it.
sms::Timestamp timestamp_of(const LocalTime& time);

/// The short message service: storage, sending, receiving.
class Messaging {
 public:
  struct Sent {
    int reference;
    Bytes pdu;  ///< with the service centre's address
    sms::Submit message;
    sms::Timestamp time{};  ///< when the network took it
  };
  struct Surroundings {
    Timeline& timeline;
    storage::Flash& flash;
    Pace& pace;
    EventSink& events;
    Logger log;
    std::function<sms::Timestamp()> now;
    Journal journal{};
  };

  explicit Messaging(Surroundings surroundings);

  MessageStore& store() { return store_; }

  /// Messages are stored and shown as these say; they must outlive this object. Without them the defaults count.
  /// Whoever does not acknowledge what is shown has nothing shown any more: `show_messages` and `show_reports` are 0
  /// then.
  void follow(MessageSettings& settings) { settings_ = &settings; }

  /// AT+CSCA; kept by the SIM.
  sms::Address centre();
  bool set_centre(const sms::Address& centre);

  /// <mr>, or the cause with which the network refuses: of RP as it is, of MM and 2048, or 500 (27.005 3.2.5).
  using Outcome = tl::expected<int, int>;
  /// Hands a message to the network. `done` comes from the Timeline.
  void send(sms::Pdu pdu, sms::Submit message, std::function<void(Outcome)> done);
  /// The network's word on a message: the cause why it does not take it. None: it takes all.
  std::function<std::optional<int>(const sms::Submit&)> refuses;
  /// What the network has not taken yet is lost, without a word, and what waits to be shown.
  void power_off();
  /// The next <mr> is one more.
  void set_last_reference(int reference) { reference_ = reference; }

  /// The newest messages that went out, oldest first.
  const std::deque<Sent>& journal() const { return journal_; }
  /// The newest of them with this <mr>; null when there is none.
  const Sent* find_sent(int reference) const;
  std::function<void(const Sent&)> on_sent;

  enum class Delivery { stored, shown, dropped, memory_full, failed };
  /// The network delivers an SMS-DELIVER or SMS-STATUS-REPORT, service centre in front.
  Delivery deliver(const Bytes& pdu);

  /// AT+CNMA. With AT+CSMS=1 the TE acknowledges each message that is shown before the network sends the next. False
  /// when none waits for it.
  bool acknowledge();
  /// The settings have changed: with another service than AT+CSMS=1 nothing is acknowledged any more.
  void settings_changed();

 private:
  void forgo_acknowledgement();
  void note_sent(const Sent& sent) const;
  void note_refused(const Sent& sent, int cause) const;
  Delivery keep(MessageMemory memory, const Bytes& pdu, bool report);
  Delivery deliver_report(const Bytes& pdu);
  void show(const Bytes& pdu);
  void show_next();
  void miss_acknowledgement();

  Surroundings surroundings_;
  MessageStore store_;
  MessageSettings defaults_;
  MessageSettings* settings_ = &defaults_;
  int reference_ = 0;
  /// Gone with this object and with the power; messages under way look for it.
  std::shared_ptr<bool> sending_ = std::make_shared<bool>(true);
  std::deque<Sent> journal_;
  std::deque<Bytes> shown_;  ///< and to be shown, with AT+CSMS=1
  bool awaited_ = false;     ///< AT+CNMA, for the first of them
  Timer acknowledgement_;    ///< until it must have come, or until the next is shown
};

}  // namespace quasimodem::device
