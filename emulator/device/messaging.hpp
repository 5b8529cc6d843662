// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "core/journal.hpp"
#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/message_store.hpp"
#include "emulator/device/pace.hpp"
#include "emulator/device/sms/pdu.hpp"

namespace quasimodem::device {

/// What the TE has chosen for messages. Defaults: M66 16.3, 8.
struct MessageSettings {
  int buffering = 2;  ///< AT+CNMI <mode>; stored only, a busy line makes URCs wait anyway
  int show_messages = 1;
  int show_broadcasts = 0;
  int show_reports = 0;
  int flush = 0;

  int show_header = 0;  ///< AT+CSDH
  int service = 0;      ///< AT+CSMS
  int code_mode = 1;    ///< AT+QSMSCODE

  int broadcast_mode = 0;  ///< AT+CSCB
  std::string broadcast_ids;
  std::string broadcast_codings;

  int first_octet = 17;  ///< AT+CSMP
  int validity = 167;
  int protocol = 0;
  int data_coding = 0;

  MessageMemory reading = MessageMemory::sim;  ///< AT+CPMS
  MessageMemory writing = MessageMemory::sim;
  MessageMemory receiving = MessageMemory::sim;
};

/// The short message service: storage, sending, receiving.
class Messaging {
 public:
  struct Sent {
    int reference;
    Bytes pdu;  ///< with the service centre's address
    sms::Submit message;
  };
  struct Surroundings {
    Timeline& timeline;
    storage::Flash& flash;
    Pace& pace;
    EventSink& events;
    Logger log;
    Journal journal{};
  };

  explicit Messaging(Surroundings surroundings);

  MessageStore& store() { return store_; }

  /// Messages are stored and shown as these say; they must outlive this object. Without them the defaults count.
  void follow(const MessageSettings& settings) { settings_ = &settings; }

  /// AT+CSCA; kept by the SIM.
  sms::Address centre();
  bool set_centre(const sms::Address& centre);

  /// Hands a message to the network. `done` comes from the Timeline with <mr>.
  void send(sms::Pdu pdu, sms::Submit message, std::function<void(int reference)> done);
  /// What the network has not taken yet is lost, without a word.
  void power_off() { sending_ = std::make_shared<bool>(true); }
  /// The next <mr> is one more.
  void set_last_reference(int reference) { reference_ = reference; }

  /// The newest messages that went out, oldest first.
  const std::deque<Sent>& journal() const { return journal_; }
  std::function<void(const Sent&)> on_sent;

  enum class Delivery { stored, shown, dropped, memory_full, failed };
  /// The network delivers an SMS-DELIVER or SMS-STATUS-REPORT, service centre in front.
  Delivery deliver(const Bytes& pdu);

 private:
  void note_sent(const Sent& sent) const;
  Delivery keep(MessageMemory memory, const Bytes& pdu, bool report);
  Delivery deliver_report(const Bytes& pdu);

  Surroundings surroundings_;
  MessageStore store_;
  MessageSettings defaults_;
  const MessageSettings* settings_ = &defaults_;
  int reference_ = 0;
  /// Gone with this object and with the power; messages under way look for it.
  std::shared_ptr<bool> sending_ = std::make_shared<bool>(true);
  std::deque<Sent> journal_;
};

}  // namespace quasimodem::device
