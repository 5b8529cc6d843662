// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"

namespace quasimodem::device {

class Pace;
enum class CallEnd;

/// The circuit-switched calls of the module: one, and a second that waits, is held or is dialled while the first is
/// held. Further callers hear the busy tone.
class VoiceCalls {
 public:
  /// <stat> of AT+CLCC.
  enum class State { active = 0, held = 1, dialing = 2, alerting = 3, incoming = 4, waiting = 5 };
  struct Call {
    int id = 1;  ///< <id1> of AT+CLCC
    bool incoming = false;
    State state = State::dialing;
    std::string number;  ///< as dialled, or as the network shows it; empty when it is withheld
    bool conference = false;
  };
  /// What the far end does with a call.
  enum class Answer { answers, is_busy, does_not_answer, cannot_be_reached };

  VoiceCalls(Timeline& timeline, Pace& pace, EventSink& events);

  /// In the order in which they began.
  const std::vector<Call>& all() const { return calls_; }
  /// The one that commands without a number mean: being dialled or ringing, else active, else held. Null without one.
  const Call* current() const;
  bool any(State state) const;

  /// Who answers a number; everybody when it is empty.
  std::function<Answer(std::string_view number)> far_end;
  /// AT+CCWA: for which services the network lets a second caller wait, bits of 27.007 <class>. ASSUMED: none before
  /// it is asked to.
  int waiting_classes = 0;
  /// What the lists of AT+CPBS are made of; none: nobody keeps them.
  enum class Listed { dialled, received, missed };
  std::function<void(Listed list, const std::string& number)> on_listed;
  /// A call whose `outcome` hears how it goes went on; the event sink tells of the others.
  std::function<void()> on_progress;

  /// There is no call, or one that is held.
  bool may_dial() const;
  /// `outcome` hears how it goes instead of the event sink; may be empty. False unless it may dial.
  bool dial(std::string number, std::function<void(const Event&)> outcome);
  /// False when there is nothing to answer.
  bool answer();
  /// Ends the active call, refuses one that rings, or gives up dialling; a held one only when it is alone. Nothing is
  /// reported.
  void hang_up();
  /// Power is gone.
  void end_all();

  // AT+CHLD, by its values (22.030 6.5.5.1). False when there is no call to do it with.
  bool release_held();             ///< 0: or refuses the one that waits
  bool release_active_and_take();  ///< 1: the one that waits or is held
  bool release(int id);            ///< 1x
  bool swap();                     ///< 2: holds the active, takes the other
  bool hold_all_but(int id);       ///< 2x
  bool join();                     ///< 3: the held one to the active one

  /// Somebody calls. False when the line is busy.
  bool ring(std::string number);
  /// The other side ends the current call or gives up calling.
  void far_end_hangs_up();
  /// The network is gone, and every call with it.
  void lose_all();

 private:
  Call* find(State state);
  Call* in_progress();
  void end(State state);
  void begin(bool incoming, State state, std::string number);
  bool take_other();
  void after_end();
  void proceed();
  void give_up(CallEnd end);
  void sound_ring();
  void report(const Event& event);
  void enter(Listed list, const std::string& number) const;
  void enter_missed() const;

  Pace& pace_;
  EventSink& events_;
  std::vector<Call> calls_;
  std::function<void(const Event&)> outcome_;
  Timer progress_;  ///< of the one call that is dialled, rings or waits
  int rings_ = 0;
};

}  // namespace quasimodem::device
