// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/engine.hpp"

#include <algorithm>
#include <utility>

#include "emulator/app/desk/scenario/module_state.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr int kDeepest = 1000;       // happenings, each because of the one before
constexpr int kMostPumps = 100'000;  // at one instant

void check_states(const Scenario& scenario, control::Target& target) {
  for_each(scenario.steps, [&](const Step& step) {
    const auto* state = std::get_if<State>(&step.what);
    if (!state) return;
    if (const auto wrong = impossible_state(target, state->wanted)) {
      wrong_place(scenario.file, wrong->place, wrong->message);
    }
  });
}

/// Of a step that was under way to the end: what went on beside the others did what it had to do.
bool has_held(const Step& step, const Report& report) {
  if (const auto* never = std::get_if<Never>(&step.what)) return !never->lasting || !report.failing;
  return std::holds_alternative<When>(step.what) || std::holds_alternative<Every>(step.what);
}

}  // namespace

/// `when-…` or `every`: its steps, each time that it is time for them. While they are under way the next times wait.
struct Engine::Trigger {
  Trigger(const Step& of, Engine& engine) : step{of}, owner{engine}, timer{engine.target_.timeline()} {
    if (const auto* when = std::get_if<When>(&step.what)) watcher.emplace(when->pattern);
    if (const auto* every = std::get_if<Every>(&step.what)) arm(every->interval);
  }

  std::optional<int> most() const {
    const auto* when = std::get_if<When>(&step.what);
    return when ? when->times : std::get<Every>(step.what).times;
  }
  bool used_up() const { return most() && fired >= *most(); }
  bool busy() const { return waiting > 0 || (walk && !walk->over()); }

  void fire(int times) {
    const auto left = most() ? *most() - fired : times;
    fired += std::min(times, left);
    waiting += std::min(times, left);
  }

  void arm(Duration interval) {
    timer.start(interval, [this, interval] {
      fire(1);
      if (!used_up()) arm(interval);
      owner.pump();
    });
  }

  /// True when something was begun.
  bool begin_next() {
    if (waiting == 0 || (walk && !walk->over())) return false;
    --waiting;
    walk = std::make_unique<Walk>(*inner(step), owner.target_, owner.report_, owner.events_);
    walk->begin();
    return true;
  }

  const Step& step;
  Engine& owner;
  std::optional<Watcher> watcher;
  int fired = 0;
  int waiting = 0;
  std::unique_ptr<Walk> walk;
  Timer timer;
};

/// `never-…` beside the other steps.
struct Engine::Ban {
  const Step* step;
  Watcher watcher;
};

Engine::Engine(control::Target& target, const Scenario& scenario, Lasts lasts, std::function<void()> ended)
    : target_{target},
      scenario_{scenario},
      lasts_{lasts},
      ended_{std::move(ended)},
      report_{std::vector<Result>(scenario.count), std::nullopt},
      observer_{target},
      events_{.beside = [this](const Step& step) { beside(step); },
              .before_time_is_up = [this] { pump(); },
              .moved = [this] { pump(); }},
      main_{scenario.steps, target, report_, events_},
      wake_{target.timeline()} {
  check_states(scenario, target);
}

Engine::~Engine() = default;

void Engine::begin() {
  for (const auto& each : target_.journal().records()) record(each);
  auto& journal = target_.journal();
  subscriptions_ = {journal.listen([this](const Record& each) { record(each); }),
                    journal.listen_for_beginnings(
                        [this](const Record& each) { take_down(observer_.happenings_of_beginning(each)); })};
  pumping_ = true;
  main_.begin();
  pumping_ = false;
  pump();
}

void Engine::host_ended(const std::string& why) {
  pump();
  if (over_) return;
  main_.stop(why);
  for (const auto& trigger : triggers_) {
    if (trigger->walk) trigger->walk->stop(why);
  }
  end();
}

void Engine::beside(const Step& step) {
  if (const auto* never = std::get_if<Never>(&step.what)) {
    bans_.push_back({&step, Watcher{never->pattern}});
  } else {
    triggers_.push_back(std::make_unique<Trigger>(step, *this));
  }
}

/// In the middle of the module's work, so nothing is done here but to take it down.
void Engine::record(const Record& record) {
  if (!over_) take_down(observer_.happenings_of(record));
}

void Engine::take_down(std::vector<Happening> happenings) {
  if (over_) return;
  const int depth = pumping_ ? depth_ + 1 : 0;
  for (auto& happening : happenings) heard_.push_back({std::move(happening), depth});
  wake();
}

void Engine::wake() {
  if (!pumping_ && !wake_.running()) wake_.start(Duration::zero(), [this] { pump(); });
}

void Engine::pump() {
  if (std::exchange(pumping_, true)) return;
  note_instant();
  settle();
  while (!over_ && !heard_.empty()) {
    const auto heard = std::move(heard_.front());
    heard_.pop_front();
    depth_ = heard.depth;
    if (depth_ > kDeepest) fail_of_itself();
    tell(heard.happening);
    settle();
  }
  depth_ = 0;
  pumping_ = false;
}

void Engine::note_instant() {
  const auto now = target_.timeline().now();
  pumps_ = std::exchange(instant_, now) == now ? pumps_ + 1 : 0;
  if (pumps_ > kMostPumps) fail_of_itself();
}

/// A trigger whose steps make it fire again would never let time pass.
void Engine::fail_of_itself() {
  if (report_.failing) return;
  const auto latest = std::max_element(triggers_.begin(), triggers_.end(),
                                       [](const auto& a, const auto& b) { return a->fired < b->fired; });
  const auto& step = latest == triggers_.end() ? scenario_.steps.front() : (*latest)->step;
  report_.results[step.id].outcome = Result::Outcome::failed;
  report_.failing = Failing{&step, "it sets itself off again and again; give it times, or a delay"};
}

/// Those that are there already hear it; what begins because of it hears the next one.
void Engine::tell(const Happening& happening) {
  const auto triggers = triggers_.size();
  for (auto& ban : bans_) check(ban, happening);
  std::vector<Walk*> walks;
  for (std::size_t i = 0; i < triggers; ++i) {
    auto& trigger = *triggers_[i];
    if (trigger.walk && !trigger.walk->over()) walks.push_back(trigger.walk.get());
    if (trigger.watcher && !trigger.used_up()) trigger.fire(trigger.watcher->feed(happening));
  }
  for (auto* walk : walks) walk->hear(happening);
  main_.hear(happening);
}

void Engine::check(Ban& ban, const Happening& happening) {
  if (report_.failing || ban.watcher.feed(happening) == 0) return;
  report_.results[ban.step->id].outcome = Result::Outcome::failed;
  report_.failing = Failing{ban.step, refused(ban.watcher.pattern(), happening)};
}

/// Begins what is due and ends when there is nothing more to do.
void Engine::settle() {
  if (over_) return;
  // Each may begin what makes another one due.
  bool begun = true;
  while (begun && !report_.failing) {
    begun = false;
    for (std::size_t i = 0; i < triggers_.size(); ++i) begun |= triggers_[i]->begin_next();
  }
  const auto busy = [](const auto& trigger) { return trigger->busy(); };
  const bool done = lasts_ == Lasts::steps && main_.over() && heard_.empty() &&
                    std::none_of(triggers_.begin(), triggers_.end(), busy);
  if (report_.failing || done) end();
}

void Engine::end() {
  over_ = true;
  subscriptions_ = {};
  heard_.clear();
  main_.cancel();
  for (const auto& trigger : triggers_) {
    trigger->timer.cancel();
    if (trigger->walk) trigger->walk->cancel();
  }
  for_each(scenario_.steps, [&](const Step& step) {
    auto& outcome = report_.results[step.id].outcome;
    if (outcome != Result::Outcome::under_way) return;
    outcome = has_held(step, report_) ? Result::Outcome::passed : Result::Outcome::not_reached;
  });
  if (ended_) std::exchange(ended_, {})();
}

}  // namespace quasimodem::app::scenario
