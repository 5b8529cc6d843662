// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/log.hpp"
#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "emulator/device/ussd_answer.hpp"

namespace quasimodem::device {

class Pace;

/// The network's side of USSD (27.007 7.15): it answers codes, and may ask back until the session is over.
class Ussd {
 public:
  struct Surroundings {
    Timeline& timeline;
    Pace& pace;
    EventSink& events;
    Logger log;
  };
  Ussd(Surroundings surroundings, std::vector<UssdAnswer> answers);

  /// The host says something, UTF-8: a code, or its answer in a session. `SupplementaryAnswer` follows after a round
  /// trip.
  void say(std::string text);
  /// The network speaks without being asked. <m> 1 begins a session.
  void speak(const SupplementaryAnswer& words);
  /// The session is over, and an answer that is under way does not come.
  void end();
  /// The network waits for the host's answer.
  bool asks() const { return asks_; }

  /// From now on, in place of what it answered to the same.
  void set_answer(UssdAnswer answer);

 private:
  const UssdAnswer* find(std::string_view to) const;
  SupplementaryAnswer answer();
  void tell(const SupplementaryAnswer& words);

  Surroundings surroundings_;
  std::vector<UssdAnswer> answers_;
  Timer under_way_;
  std::vector<std::string> said_;  ///< by the host, in this session
  bool asks_ = false;
};

}  // namespace quasimodem::device
