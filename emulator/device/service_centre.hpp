// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/messaging.hpp"

namespace quasimodem::device {

class Pace;
struct Delay;
struct Timing;

/// TP-ST (23.040 9.2.3.15): to 31 done, to 63 the centre still tries, from 64 it has given up.
namespace delivery_status {
inline constexpr std::uint8_t kDelivered = 0x00;
inline constexpr std::uint8_t kPending = 0x22;  ///< no response from the recipient
inline constexpr std::uint8_t kFailed = 0x46;   ///< the validity period is over
inline constexpr int kHighest = 0x7F;
}  // namespace delivery_status

/// The network's service centre: it hands over what others send, and tells what became of what the module sent.
class ServiceCentre {
 public:
  struct Surroundings {
    Timeline& timeline;
    Pace& pace;
    Logger log;
    std::function<Messaging::Delivery(const Bytes& pdu)> deliver;  ///< to the module
    std::function<sms::Timestamp()> now;
  };
  explicit ServiceCentre(Surroundings surroundings) : surroundings_{std::move(surroundings)} {}

  /// The parts of one message, service centre in front, one after the other. What became of the first.
  Messaging::Delivery deliver(std::vector<Bytes> parts);

  /// The module sent a message; its report follows when it asked for one (TP-SRR).
  void accept(const Messaging::Sent& sent);

  /// What all reports say from now on; none: they do not come.
  void set_status(std::optional<std::uint8_t> status) { status_ = status; }
  /// Goes before that: what the report of this message says. None: nothing to object.
  std::function<std::optional<std::uint8_t>(const sms::Submit&)> judges;

  /// A report at once, as of a message that was pending. What became of it.
  Messaging::Delivery report(const Messaging::Sent& sent, std::uint8_t status);

 private:
  void deliver_rest(std::vector<Bytes> parts, std::size_t next);
  void after(Delay Timing::*delay, std::function<void()> body);

  Surroundings surroundings_;
  std::optional<std::uint8_t> status_ = delivery_status::kDelivered;
  /// Gone with this object: what is under way looks for it.
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);
};

}  // namespace quasimodem::device
