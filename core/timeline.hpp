// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "core/time.hpp"

namespace quasimodem {

/// The one place where time passes. Entries run in order of deadline, then of insertion.
/// Production advances it from one host timer, tests call `advance(90s)`.
class Timeline {
 public:
  using Action = std::function<void()>;

  /// Names one pending entry. Entries are never reused, so a stale key is harmless.
  struct Key {
    Instant deadline{};
    std::uint64_t sequence = 0;
    auto operator<=>(const Key&) const = default;
  };

  Timeline() = default;
  ~Timeline();
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  Instant now() const { return now_; }

  /// Runs `action` at `deadline`; a deadline in the past runs at the next advance.
  Key at(Instant deadline, Action action);
  Key after(Duration delay, Action action) { return at(now_ + delay, std::move(action)); }
  /// Runs `action` as soon as the current entry point has returned. Nothing in the core re-enters its caller.
  Key post(Action action) { return at(now_, std::move(action)); }
  void cancel(const Key& key) { entries_.erase(key); }

  /// Runs everything due up to and including `target`, one by one, `now()` being each entry's own deadline.
  /// Entries may add entries. An entry that re-posts itself at the same instant for ever is a bug of ours: aborts.
  void advance_to(Instant target);
  void advance(Duration span) { advance_to(now_ + span); }
  /// Runs what is due now without letting time pass.
  void run_due() { advance_to(now_); }

  std::optional<Instant> next_deadline() const;
  bool idle() const { return entries_.empty(); }

 private:
  std::map<Key, Action> entries_;
  Instant now_{};
  std::uint64_t sequence_ = 0;
};

/// At most one pending entry of a Timeline; cancelled by destruction, so an action may safely capture its owner.
class Timer {
 public:
  explicit Timer(Timeline& timeline) : timeline_{timeline} {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(Duration delay, Timeline::Action action);
  void cancel();
  bool running() const { return key_.has_value(); }

 private:
  Timeline& timeline_;
  std::optional<Timeline::Key> key_;
};

}  // namespace quasimodem
