// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/timeline.hpp"
#include "emulator/app/control/target.hpp"
#include "emulator/app/desk/scenario/steps.hpp"
#include "emulator/app/desk/scenario/watcher.hpp"

namespace quasimodem::app::scenario {

/// Goes through a list of steps, one after the other.
class Walk {
 public:
  struct Events {
    std::function<void(const Step&)> beside;  ///< a step that goes on beside the others: when-…, every, never-…
    std::function<void()> before_time_is_up;  ///< whatever happened until now shall be heard first
    std::function<void()> moved;              ///< time has brought it on, or to its end
  };

  /// Everything given must outlive it.
  Walk(const Steps& steps, control::Target& target, Report& report, const Events& events);
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  void begin();
  void hear(const Happening& happening);
  /// All its steps are done, or one has failed.
  bool over() const { return over_; }
  /// Ends it where it stands. Fails when an expectation is left, with the words of why: `but the command ended`.
  void stop(const std::string& why);
  /// Ends it where it stands, without a word.
  void cancel();

 private:
  struct Level {
    const Steps* steps;
    std::size_t next;
    int rounds;          ///< left, with this one
    const Step* repeat;  ///< whose steps they are; null at the top
  };

  void go_on();
  const Step* next_step();
  bool carry_out(const Step& step);

  bool start(const Wait& wait);
  bool start(const Never& never);
  bool start(const When&) { return beside(); }
  bool start(const Every&) { return beside(); }
  bool start(const State& state);
  bool start(const Act& act);
  bool start(const ClearFaults& faults);
  bool start(const Delay& delay);
  bool start(const Repeat& repeat);

  bool beside();
  bool decided(const std::optional<std::string>& problem);
  void look_at_state(const State& state);
  void wait_for(Duration limit, std::function<void()> then);
  void time_is_up(const std::function<void()>& then);
  void pass();
  void pass_and_go_on();
  void fail(std::string what);
  std::string unmet(const Wait& wait, const std::string& end) const;
  Duration waited() const { return target_.timeline().now() - began_; }

  control::Target& target_;
  Report& report_;
  const Events& events_;
  std::vector<Level> levels_;
  const Step* step_ = nullptr;  ///< that it waits in; null between two
  std::optional<Watcher> watcher_;
  int seen_ = 0;
  Instant began_{};
  Timer timer_;
  Timer look_;  ///< at the state, again
  bool over_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

/// `AT+CSQ`, `"+CREG: 1"`: in a message.
std::string in_words(const Pattern& pattern);
/// `expected no AT+CSQ, got AT+CSQ`
std::string refused(const Pattern& pattern, const Happening& happening);

}  // namespace quasimodem::app::scenario
