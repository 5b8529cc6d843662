// SPDX-License-Identifier: Apache-2.0
#include "core/timeline.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/core.h>

namespace quasimodem {
namespace {

// Far above anything a module does in one instant, far below what a person would wait for.
constexpr int kMaxEntriesPerInstant = 1'000'000;

}  // namespace

Timeline::Key Timeline::at(Instant deadline, Action action) {
  const Key key{std::max(deadline, now_), ++sequence_};
  entries_.emplace(key, std::move(action));
  return key;
}

void Timeline::advance_to(Instant target) {
  int at_this_instant = 0;
  while (!entries_.empty() && entries_.begin()->first.deadline <= target) {
    auto entry = entries_.extract(entries_.begin());
    at_this_instant = entry.key().deadline == now_ ? at_this_instant + 1 : 0;
    if (at_this_instant > kMaxEntriesPerInstant) {
      fmt::print(stderr, "internal error: the timeline does not get past one instant\n");
      std::abort();
    }
    now_ = std::max(now_, entry.key().deadline);
    entry.mapped()();
  }
  now_ = std::max(now_, target);
}

// One by one: an action may own the Timer that would take it away.
Timeline::~Timeline() {
  while (!entries_.empty()) entries_.extract(entries_.begin());
}

std::optional<Instant> Timeline::next_deadline() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.begin()->first.deadline;
}

void Timer::start(Duration delay, Timeline::Action action) {
  cancel();
  key_ = timeline_.after(delay, [this, action = std::move(action)] {
    key_.reset();
    action();
  });
}

void Timer::cancel() {
  if (key_) timeline_.cancel(*key_);
  key_.reset();
}

}  // namespace quasimodem
