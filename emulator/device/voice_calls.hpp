// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::device {

/// The circuit-switched calls of the module: one at a time. A second caller hears the busy tone.
class VoiceCalls {
 public:
  /// <stat> of AT+CLCC.
  enum class State { active = 0, dialing = 2, alerting = 3, incoming = 4 };
  struct Call {
    bool incoming = false;
    State state = State::dialing;
    std::string number;  ///< as dialled, or as the network shows it; empty when it is withheld
  };
  /// What the far end does with a call.
  enum class Answer { answers, is_busy, does_not_answer, cannot_be_reached };

  VoiceCalls(Timeline& timeline, Pace& pace, EventSink& events);

  const std::optional<Call>& current() const { return call_; }

  /// Who answers a number; everybody when it is empty.
  std::function<Answer(std::string_view number)> far_end;

  /// `outcome` hears how it goes instead of the event sink; may be empty. False when there is a call already.
  bool dial(std::string number, std::function<void(const Event&)> outcome);
  /// False when there is nothing to answer.
  bool answer();
  /// Ends or refuses the call, or gives up dialling; nothing is reported.
  void hang_up();

  /// Somebody calls. False when the line is busy.
  bool ring(std::string number);
  /// The other side ends the call or gives up calling.
  void far_end_hangs_up();

 private:
  void proceed();
  void give_up(CallEnd end);
  void sound_ring();
  void report(const Event& event);

  Pace& pace_;
  EventSink& events_;
  std::optional<Call> call_;
  std::function<void(const Event&)> outcome_;
  Timer progress_;
  int rings_ = 0;
};

}  // namespace quasimodem::device
