// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/voice_calls.hpp"

#include <algorithm>
#include <utility>

#include "emulator/device/events.hpp"
#include "emulator/device/pace.hpp"

namespace quasimodem::device {
namespace {

constexpr std::size_t kMostCalls = 2;
constexpr int kVoice = 1;                    // 27.007 <class>
constexpr auto kRingInterval = 5s;           // at-reference 5, logs
constexpr auto kNoAnswerAfter = 60s;         // ASSUMED: how long the network lets it ring
constexpr int kRingsBeforeCallerStops = 12;  // ASSUMED: the same minute, seen from here

bool is_in_progress(const VoiceCalls::Call& call) {
  using State = VoiceCalls::State;
  return call.state != State::active && call.state != State::held;
}

}  // namespace

VoiceCalls::VoiceCalls(Timeline& timeline, Pace& pace, EventSink& events)
    : pace_{pace}, events_{events}, progress_{timeline} {}

// ---- which call

VoiceCalls::Call* VoiceCalls::find(State state) {
  const auto at = std::find_if(calls_.begin(), calls_.end(), [state](const auto& call) { return call.state == state; });
  return at == calls_.end() ? nullptr : &*at;
}

VoiceCalls::Call* VoiceCalls::in_progress() {
  const auto at = std::find_if(calls_.begin(), calls_.end(), is_in_progress);
  return at == calls_.end() ? nullptr : &*at;
}

bool VoiceCalls::any(State state) const {
  return std::any_of(calls_.begin(), calls_.end(), [state](const auto& call) { return call.state == state; });
}

const VoiceCalls::Call* VoiceCalls::current() const {
  const auto rank = [](const Call& call) {
    if (call.state == State::active) return 1;
    return call.state == State::held || call.state == State::waiting ? 2 : 0;
  };
  const auto at = std::min_element(calls_.begin(), calls_.end(),
                                   [&](const auto& one, const auto& other) { return rank(one) < rank(other); });
  return at == calls_.end() ? nullptr : &*at;
}

void VoiceCalls::begin(bool incoming, State state, std::string number) {
  const bool first_free = std::none_of(calls_.begin(), calls_.end(), [](const auto& call) { return call.id == 1; });
  calls_.push_back({.id = first_free ? 1 : 2, .incoming = incoming, .state = state, .number = std::move(number)});
}

void VoiceCalls::end(State state) {
  std::erase_if(calls_, [state](const auto& call) { return call.state == state; });
}

/// Whoever waited behind a call that is gone now rings.
void VoiceCalls::after_end() {
  if (calls_.size() == 1) calls_.front().conference = false;
  auto* waits = find(State::waiting);
  if (!waits || calls_.size() > 1) return;
  waits->state = State::incoming;
  rings_ = 0;
  sound_ring();
}

void VoiceCalls::enter(Listed list, const std::string& number) const {
  if (on_listed) on_listed(list, number);
}

/// The caller who rings or waits gave up.
void VoiceCalls::enter_missed() const {
  for (const auto& call : calls_) {
    if (call.incoming && is_in_progress(call)) enter(Listed::missed, call.number);
  }
}

void VoiceCalls::report(const Event& event) {
  if (!outcome_) return events_.on_event(event);
  // Only the far end's ringing is not the last word about a call that is being dialled.
  if (std::holds_alternative<CallAlerting>(event)) {
    outcome_(event);
  } else {
    std::exchange(outcome_, nullptr)(event);
  }
  if (on_progress) on_progress();
}

// ---- calls of the module

bool VoiceCalls::may_dial() const {
  const bool all_held =
      std::all_of(calls_.begin(), calls_.end(), [](const auto& call) { return call.state == State::held; });
  return all_held && calls_.size() < kMostCalls;
}

bool VoiceCalls::dial(std::string number, std::function<void(const Event&)> outcome) {
  if (!may_dial()) return false;
  enter(Listed::dialled, number);
  begin(false, State::dialing, std::move(number));
  outcome_ = std::move(outcome);
  progress_.start(pace_.next(&Timing::round_trip), [this] { proceed(); });
  return true;
}

void VoiceCalls::proceed() {
  auto& call = *find(State::dialing);
  const auto answer = far_end ? far_end(call.number) : Answer::answers;
  if (answer == Answer::is_busy) return give_up(CallEnd::busy);
  if (answer == Answer::cannot_be_reached) return give_up(CallEnd::no_carrier);
  call.state = State::alerting;
  report(CallAlerting{});
  if (answer == Answer::does_not_answer) {
    progress_.start(kNoAnswerAfter, [this] { give_up(CallEnd::no_answer); });
    return;
  }
  progress_.start(pace_.next(&Timing::round_trip), [this] {
    auto& alerting = *find(State::alerting);
    alerting.state = State::active;
    report(CallAnswered{alerting.number});
  });
}

/// The call that is dialled or rings ends by itself.
void VoiceCalls::give_up(CallEnd end) {
  progress_.cancel();
  enter_missed();
  std::erase_if(calls_, is_in_progress);
  report(CallEnded{end});
}

bool VoiceCalls::answer() {
  auto* call = find(State::incoming);
  if (!call && !any(State::active)) call = find(State::waiting);
  if (!call) return false;
  progress_.cancel();
  call->state = State::active;
  enter(Listed::received, call->number);
  return true;
}

void VoiceCalls::hang_up() {
  const auto* call = current();
  if (!call) return;
  if (is_in_progress(*call)) {
    progress_.cancel();
    outcome_ = nullptr;
    // ASSUMED: a call that is refused is not one that was missed.
    if (call->incoming) enter(Listed::received, call->number);
  }
  end(State{call->state});
  after_end();
}

void VoiceCalls::end_all() {
  progress_.cancel();
  calls_.clear();
  outcome_ = nullptr;
}

// ---- two calls

bool VoiceCalls::release_held() {
  if (const auto* waits = find(State::waiting)) {
    progress_.cancel();
    enter(Listed::received, waits->number);
    end(State::waiting);
    return true;
  }
  if (!any(State::held)) return false;
  end(State::held);
  after_end();
  return true;
}

bool VoiceCalls::take_other() {
  auto* other = find(State::waiting);
  if (other) progress_.cancel();
  if (!other) other = find(State::held);
  if (!other) return false;
  if (other->state == State::waiting) enter(Listed::received, other->number);
  other->state = State::active;
  return true;
}

bool VoiceCalls::release_active_and_take() {
  const bool released = any(State::active);
  end(State::active);
  const bool taken = take_other();
  after_end();
  return released || taken;
}

bool VoiceCalls::release(int id) {
  const auto is_it = [id](const auto& call) { return call.id == id && !is_in_progress(call); };
  if (std::erase_if(calls_, is_it) == 0) return false;
  after_end();
  return true;
}

bool VoiceCalls::swap() {
  const auto* busy = in_progress();
  if (calls_.empty() || (busy && busy->state != State::waiting)) return false;
  auto* was_active = find(State::active);
  const bool conference = was_active && was_active->conference;
  const bool taken = !conference && take_other();
  if (!was_active) return taken;
  // What was taken is active as well by now: only those that were before are held.
  if (conference) {
    for (auto& call : calls_) call.state = State::held;
  } else {
    was_active->state = State::held;
  }
  return true;
}

bool VoiceCalls::hold_all_but(int id) {
  const bool there = std::any_of(calls_.begin(), calls_.end(),
                                 [id](const auto& call) { return call.id == id && call.state == State::active; });
  if (!there || in_progress()) return false;
  for (auto& call : calls_) {
    call.conference = false;
    if (call.id != id) call.state = State::held;
  }
  return true;
}

bool VoiceCalls::join() {
  if (!any(State::active) || !any(State::held)) return false;
  for (auto& call : calls_) {
    call.state = State::active;
    call.conference = true;
  }
  return true;
}

// ---- the other side

bool VoiceCalls::ring(std::string number) {
  if (calls_.empty()) {
    begin(true, State::incoming, std::move(number));
    rings_ = 0;
    sound_ring();
    return true;
  }
  const bool may_wait = waiting_classes & kVoice;
  if (!may_wait || calls_.size() == kMostCalls || in_progress()) return false;
  begin(true, State::waiting, number);
  progress_.start(kNoAnswerAfter, [this] {
    enter_missed();
    end(State::waiting);
  });
  events_.on_event(CallWaits{std::move(number)});
  return true;
}

void VoiceCalls::sound_ring() {
  if (rings_ == kRingsBeforeCallerStops) return give_up(CallEnd::no_carrier);
  ++rings_;
  progress_.start(kRingInterval, [this] { sound_ring(); });
  events_.on_event(CallRings{find(State::incoming)->number, rings_});
}

void VoiceCalls::far_end_hangs_up() {
  const auto* call = current();
  if (!call) return;
  if (is_in_progress(*call)) return give_up(CallEnd::no_carrier);
  const int id = call->id;
  std::erase_if(calls_, [id](const auto& each) { return each.id == id; });
  events_.on_event(CallEnded{CallEnd::no_carrier});
  after_end();
}

void VoiceCalls::lose_all() {
  if (calls_.empty()) return;
  progress_.cancel();
  enter_missed();
  calls_.clear();
  report(CallEnded{CallEnd::no_carrier});
}

}  // namespace quasimodem::device
