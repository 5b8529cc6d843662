// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/walk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/duration_text.hpp"
#include "emulator/app/base/printable.hpp"
#include "emulator/app/desk/scenario/method_step.hpp"
#include "emulator/app/desk/scenario/module_state.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr auto kLook = 50ms;  // between two looks at the state, for what no record tells

std::string in_quotes(std::string_view bytes) {
  constexpr std::size_t kShown = 80;
  const auto text = escaped(bytes);
  return text.size() <= kShown ? fmt::format("\"{}\"", text) : fmt::format("\"{}…\"", text.substr(0, kShown));
}

std::string others_of(const Watcher& watcher, Duration waited) {
  if (watcher.others() == 0) return fmt::format("got nothing for {}", duration_text(waited));
  std::string shown;
  for (const auto& other : watcher.last_others()) {
    shown += fmt::format("{}{}", shown.empty() ? "" : ", ",
                         watcher.pattern().of_command() ? printable(other) : in_quotes(other));
  }
  const auto more = watcher.others() - static_cast<int>(watcher.last_others().size());
  return more > 0 ? fmt::format("got {} others and then {}", more, shown) : fmt::format("got {}", shown);
}

template <class Value>
std::optional<std::string> problem_of(const tl::expected<Value, std::string>& done) {
  return done ? std::nullopt : std::optional{done.error()};
}

/// A step that must come true before the host leaves.
bool expects(const Step& step) {
  if (std::holds_alternative<Wait>(step.what) || std::holds_alternative<State>(step.what)) return true;
  const auto* repeat = std::get_if<Repeat>(&step.what);
  return repeat && std::any_of(repeat->steps.begin(), repeat->steps.end(), expects);
}

}  // namespace

std::string in_words(const Pattern& pattern) {
  const bool command = pattern.of_command();
  std::string text = pattern.subject == Subject::unknown ? "unknown command"
                     : pattern.text.empty()              ? (command ? "command" : "anything")
                     : command                           ? printable(pattern.text)
                                                         : in_quotes(pattern.text);
  if (pattern.answer) text += fmt::format(" answered {}", printable(*pattern.answer));
  switch (pattern.subject) {
    case Subject::urc: return text + " as a URC";
    case Subject::host: return text + " from the host";
    case Subject::module: return text + " from the module";
    case Subject::event: return text + " in the journal";
    default: return text;
  }
}

std::string refused(const Pattern& pattern, const Happening& happening) {
  const auto answer = pattern.answer ? fmt::format(" answered {}", happening.answer) : "";
  return fmt::format("expected no {}, got {}{}", in_words(pattern),
                     pattern.of_command() ? printable(happening.text) : in_quotes(happening.text), answer);
}

Walk::Walk(const Steps& steps, control::Target& target, Report& report, const Events& events)
    : target_{target},
      report_{report},
      events_{events},
      levels_{{&steps, 0, 1, nullptr}},
      timer_{target.timeline()},
      look_{target.timeline()} {}

void Walk::begin() { go_on(); }

/// Carries out one step after the other until one has to wait.
void Walk::go_on() {
  while (!over_) {
    const auto* step = next_step();
    if (!step) {
      over_ = true;
      return;
    }
    if (!carry_out(*step)) return;
  }
}

const Step* Walk::next_step() {
  while (!levels_.empty()) {
    auto& level = levels_.back();
    if (level.next < level.steps->size()) return &(*level.steps)[level.next++];
    level.next = 0;
    if (--level.rounds > 0) continue;
    if (level.repeat) report_.results[level.repeat->id].outcome = Result::Outcome::passed;
    levels_.pop_back();
  }
  return nullptr;
}

/// False when it waits.
bool Walk::carry_out(const Step& step) {
  step_ = &step;
  began_ = target_.timeline().now();
  auto& outcome = report_.results[step.id].outcome;
  if (outcome == Result::Outcome::not_reached) outcome = Result::Outcome::under_way;
  return std::visit([this](const auto& what) { return start(what); }, step.what);
}

bool Walk::start(const Wait& wait) {
  watcher_.emplace(wait.pattern);
  seen_ = 0;
  wait_for(wait.within, [this, &wait] {
    fail(unmet(wait, fmt::format(" within {}, {}", duration_text(wait.within), others_of(*watcher_, waited()))));
  });
  return false;
}

bool Walk::start(const Never& never) {
  if (!never.lasting) return beside();
  watcher_.emplace(never.pattern);
  wait_for(*never.lasting, [this] { pass_and_go_on(); });
  return false;
}

bool Walk::start(const State& state) {
  if (state.within) {
    wait_for(*state.within, [this, &state] {
      if (const auto wrong = mismatch(target_, state.wanted)) {
        return fail(fmt::format("waited {} in vain: {}", duration_text(*state.within), *wrong));
      }
      pass_and_go_on();
    });
    look_at_state(state);
    return step_ == nullptr;
  }
  return decided(mismatch(target_, state.wanted));
}

bool Walk::start(const Act& act) { return decided(problem_of(perform(target_, act))); }
bool Walk::start(const ClearFaults& faults) { return decided(problem_of(clear_faults(target_, faults))); }

/// A step that is over at once.
bool Walk::decided(const std::optional<std::string>& problem) {
  if (problem) {
    fail(*problem);
  } else {
    pass();
  }
  return !problem;
}

bool Walk::start(const Delay& delay) {
  wait_for(delay.time, [this] { pass_and_go_on(); });
  return false;
}

bool Walk::start(const Repeat& repeat) {
  levels_.push_back({&repeat.steps, 0, repeat.times, step_});
  step_ = nullptr;
  return true;
}

bool Walk::beside() {
  events_.beside(*step_);
  step_ = nullptr;
  return true;
}

void Walk::look_at_state(const State& state) {
  if (!mismatch(target_, state.wanted)) return pass();
  look_.start(kLook, [this, &state] {
    look_at_state(state);
    if (step_) return;
    go_on();
    events_.moved();
  });
}

void Walk::hear(const Happening& happening) {
  if (over_ || !step_) return;
  if (const auto* state = std::get_if<State>(&step_->what)) {
    if (!mismatch(target_, state->wanted)) pass_and_go_on();
    return;
  }
  if (!watcher_) return;
  const auto found = watcher_->feed(happening);
  if (std::holds_alternative<Never>(step_->what)) {
    if (found > 0) fail(refused(watcher_->pattern(), happening));
    return;
  }
  const auto& wait = std::get<Wait>(step_->what);
  if (found == 0 && wait.others == Wait::Others::refused && watcher_->others() > 0) {
    return fail(fmt::format("expected {} next, {}", in_words(wait.pattern), others_of(*watcher_, waited())));
  }
  seen_ += found;
  if (seen_ >= wait.count) pass_and_go_on();
}

void Walk::stop(const std::string& why) {
  if (over_) return;
  if (!step_) {  // it has not begun
    step_ = next_step();
    began_ = target_.timeline().now();
  }
  const auto* state = step_ ? std::get_if<State>(&step_->what) : nullptr;
  if (state) {
    if (const auto wrong = mismatch(target_, state->wanted)) return fail(fmt::format("{}, {}", *wrong, why));
    pass_and_go_on();
    if (over_) return;
  }
  if (step_ && std::holds_alternative<Wait>(step_->what)) {
    return fail(unmet(std::get<Wait>(step_->what), ", " + why));
  }
  const auto expectation_left = [](const Level& level) {
    const auto from = level.steps->begin() + static_cast<std::ptrdiff_t>(level.rounds > 1 ? 0 : level.next);
    return std::any_of(from, level.steps->end(), expects);
  };
  if (std::any_of(levels_.begin(), levels_.end(), expectation_left)) {
    return fail(fmt::format("the steps after it were not reached, {}", why));
  }
  cancel();
}

void Walk::cancel() {
  over_ = true;
  timer_.cancel();
  look_.cancel();
}

void Walk::wait_for(Duration limit, std::function<void()> then) {
  timer_.start(limit, [this, then = std::move(then)] { time_is_up(then); });
}

void Walk::time_is_up(const std::function<void()>& then) {
  const auto* step = step_;
  const auto began = began_;
  const auto& events = events_;
  const std::weak_ptr<bool> alive = alive_;
  events.before_time_is_up();
  // What was heard at the last moment may have ended the step, or all of them, and another walk may be in this one's
  // place.
  if (alive.expired()) return;
  if (over_ || timer_.running() || step_ != step || began_ != began) return events_.moved();
  then();
  events_.moved();
}

void Walk::pass() {
  auto& result = report_.results[step_->id];
  if (result.outcome != Result::Outcome::failed) result.outcome = Result::Outcome::passed;
  result.took += waited();
  step_ = nullptr;
  watcher_.reset();
  timer_.cancel();
  look_.cancel();
}

void Walk::pass_and_go_on() {
  pass();
  go_on();
}

void Walk::fail(std::string what) {
  cancel();
  auto& result = report_.results[step_->id];
  result.outcome = Result::Outcome::failed;
  result.took += waited();
  if (!report_.failing) report_.failing = Failing{step_, std::move(what)};
}

std::string Walk::unmet(const Wait& wait, const std::string& end) const {
  const auto times = wait.count > 1 ? fmt::format(" {} times", wait.count) : "";
  const auto seen = wait.count > 1 ? fmt::format(", got it {} times", seen_) : "";
  return fmt::format("expected {}{}{}{}", in_words(wait.pattern), times, end, seen);
}

}  // namespace quasimodem::app::scenario
