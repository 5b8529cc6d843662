// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/voice_calls.hpp"

#include <utility>

namespace quasimodem::device {
namespace {

constexpr auto kRingInterval = 5s;           // at-reference 5, logs
constexpr auto kNoAnswerAfter = 60s;         // ASSUMED: how long the network lets it ring
constexpr int kRingsBeforeCallerStops = 12;  // ASSUMED: the same minute, seen from here

}  // namespace

VoiceCalls::VoiceCalls(Timeline& timeline, Pace& pace, EventSink& events)
    : pace_{pace}, events_{events}, progress_{timeline} {}

void VoiceCalls::report(const Event& event) {
  // Only the far end's ringing is not the last word about a call that is being dialled.
  if (!outcome_) return events_.on_event(event);
  if (std::holds_alternative<CallAlerting>(event)) return outcome_(event);
  std::exchange(outcome_, nullptr)(event);
}

bool VoiceCalls::dial(std::string number, std::function<void(const Event&)> outcome) {
  if (call_) return false;
  call_ = Call{.incoming = false, .state = State::dialing, .number = std::move(number)};
  outcome_ = std::move(outcome);
  progress_.start(pace_.next(&Timing::round_trip), [this] { proceed(); });
  return true;
}

void VoiceCalls::proceed() {
  const auto answer = far_end ? far_end(call_->number) : Answer::answers;
  if (answer == Answer::is_busy) return give_up(CallEnd::busy);
  if (answer == Answer::cannot_be_reached) return give_up(CallEnd::no_carrier);
  call_->state = State::alerting;
  report(CallAlerting{});
  if (answer == Answer::does_not_answer) {
    progress_.start(kNoAnswerAfter, [this] { give_up(CallEnd::no_answer); });
    return;
  }
  progress_.start(pace_.next(&Timing::round_trip), [this] {
    call_->state = State::active;
    report(CallAnswered{call_->number});
  });
}

void VoiceCalls::give_up(CallEnd end) {
  progress_.cancel();
  call_.reset();
  report(CallEnded{end});
}

bool VoiceCalls::answer() {
  if (!call_ || call_->state != State::incoming) return false;
  progress_.cancel();
  call_->state = State::active;
  return true;
}

void VoiceCalls::hang_up() {
  progress_.cancel();
  call_.reset();
  outcome_ = nullptr;
}

bool VoiceCalls::ring(std::string number) {
  if (call_) return false;
  call_ = Call{.incoming = true, .state = State::incoming, .number = std::move(number)};
  rings_ = 0;
  sound_ring();
  return true;
}

void VoiceCalls::sound_ring() {
  if (rings_ == kRingsBeforeCallerStops) return far_end_hangs_up();
  ++rings_;
  progress_.start(kRingInterval, [this] { sound_ring(); });
  events_.on_event(CallRings{call_->number, rings_});
}

void VoiceCalls::far_end_hangs_up() {
  if (call_) give_up(CallEnd::no_carrier);
}

}  // namespace quasimodem::device
