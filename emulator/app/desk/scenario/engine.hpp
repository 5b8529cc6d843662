// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/journal_ring.hpp"
#include "core/timeline.hpp"
#include "emulator/app/desk/scenario/observer.hpp"
#include "emulator/app/desk/scenario/walk.hpp"

namespace quasimodem::app::scenario {

/// Plays a scenario on one module: no sockets, no clock but the module's own.
class Engine {
 public:
  /// How long triggers and never-… are watched: until the last step, or as long as the host runs.
  enum class Lasts { steps, host };

  /// `ended` is called once, by `begin`, by `host_ended` or by the timeline, when the scenario has passed or failed.
  /// Throws Problem when a step asks for a state that no module has. Everything given must outlive it.
  Engine(control::Target& target, const Scenario& scenario, Lasts lasts, std::function<void()> ended);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// From here on; what the journal has already, the module's start, is heard as well.
  void begin();
  /// Nothing more will come from the host: `the command ended`. What is expected still has failed.
  void host_ended(const std::string& why);

  bool over() const { return over_; }
  bool failed() const { return report_.failing.has_value(); }
  const Report& report() const { return report_; }
  const Observer& observer() const { return observer_; }
  control::Target& target() const { return target_; }

 private:
  struct Trigger;
  struct Ban;
  struct Heard {
    Happening happening;
    int depth;  ///< how many happenings led to it without time passing
  };

  void beside(const Step& step);
  void record(const Record& record);
  void take_down(std::vector<Happening> happenings);
  void wake();
  void pump();
  void note_instant();
  void fail_of_itself();
  void tell(const Happening& happening);
  void check(Ban& ban, const Happening& happening);
  void settle();
  void end();

  control::Target& target_;
  const Scenario& scenario_;
  Lasts lasts_;
  std::function<void()> ended_;
  Report report_;
  Observer observer_;
  Walk::Events events_;
  Walk main_;
  std::vector<std::unique_ptr<Trigger>> triggers_;
  std::vector<Ban> bans_;
  std::deque<Heard> heard_;
  int depth_ = 0;
  Instant instant_{};
  int pumps_ = 0;  ///< at this instant
  Timer wake_;
  bool pumping_ = false;
  bool over_ = false;
  std::array<JournalRing::Subscription, 2> subscriptions_;
};

}  // namespace quasimodem::app::scenario
