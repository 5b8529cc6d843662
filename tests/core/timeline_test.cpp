// SPDX-License-Identifier: Apache-2.0
#include "core/timeline.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace quasimodem;

namespace {

/// A Timeline and the order in which its entries ran.
struct Clock {
  Timeline timeline;
  std::string ran;

  Timeline::Action say(char c) {
    return [this, c] { ran += c; };
  }
  Duration now() const { return timeline.now().time_since_epoch(); }
};

}  // namespace

TEST_CASE("entries run in order of deadline, then of insertion", "[timeline]") {
  Clock clock;
  clock.timeline.after(2s, clock.say('c'));
  clock.timeline.after(1s, clock.say('a'));
  clock.timeline.after(1s, clock.say('b'));
  clock.timeline.after(3s, clock.say('d'));
  clock.timeline.advance(2s);
  CHECK(clock.ran == "abc");
  CHECK(clock.now() == 2s);
  clock.timeline.advance(999ms);
  CHECK(clock.ran == "abc");
  clock.timeline.advance(1ms);
  CHECK(clock.ran == "abcd");
  CHECK(clock.timeline.idle());
}

TEST_CASE("an entry sees its own deadline as now, however far the advance goes", "[timeline]") {
  Clock clock;
  Duration first{}, second{};
  clock.timeline.after(1s, [&] { first = clock.now(); });
  clock.timeline.after(5s, [&] { second = clock.now(); });
  clock.timeline.advance(1min);
  CHECK(first == 1s);
  CHECK(second == 5s);
  CHECK(clock.now() == 1min);
}

TEST_CASE("an entry may add entries, also for its own instant", "[timeline]") {
  Clock clock;
  clock.timeline.after(1s, [&] {
    clock.ran += 'a';
    clock.timeline.post(clock.say('c'));
    clock.timeline.after(1s, clock.say('d'));
  });
  clock.timeline.after(1s, clock.say('b'));
  clock.timeline.advance(1s);
  CHECK(clock.ran == "abc");
  clock.timeline.advance(1s);
  CHECK(clock.ran == "abcd");
}

TEST_CASE("a deadline in the past runs at the next advance", "[timeline]") {
  Clock clock;
  clock.timeline.advance(10s);
  clock.timeline.at(Instant{} + 3s, clock.say('a'));
  CHECK(clock.ran.empty());
  clock.timeline.run_due();
  CHECK(clock.ran == "a");
  CHECK(clock.now() == 10s);
}

TEST_CASE("time never runs backwards", "[timeline]") {
  Clock clock;
  clock.timeline.advance(10s);
  clock.timeline.advance_to(Instant{} + 3s);
  CHECK(clock.now() == 10s);
}

TEST_CASE("what is posted runs after its caller, without time passing", "[timeline]") {
  Clock clock;
  clock.timeline.post([&] {
    clock.timeline.post(clock.say('b'));
    clock.ran += 'a';
  });
  CHECK(clock.ran.empty());
  clock.timeline.run_due();
  CHECK(clock.ran == "ab");
  CHECK(clock.now() == 0s);
}

TEST_CASE("a cancelled entry does not run, and cancelling it again does no harm", "[timeline]") {
  Clock clock;
  const auto key = clock.timeline.after(1s, clock.say('a'));
  clock.timeline.after(1s, clock.say('b'));
  clock.timeline.cancel(key);
  clock.timeline.cancel(key);
  clock.timeline.advance(1s);
  clock.timeline.cancel(key);
  CHECK(clock.ran == "b");
}

TEST_CASE("an entry can cancel another of the same instant", "[timeline]") {
  Clock clock;
  Timeline::Key victim;
  clock.timeline.after(1s, [&] { clock.timeline.cancel(victim); });
  victim = clock.timeline.after(1s, clock.say('x'));
  clock.timeline.advance(1s);
  CHECK(clock.ran.empty());
}

TEST_CASE("the next deadline is the earliest", "[timeline]") {
  Clock clock;
  CHECK(!clock.timeline.next_deadline());
  clock.timeline.after(2s, clock.say('b'));
  const auto key = clock.timeline.after(1s, clock.say('a'));
  CHECK(clock.timeline.next_deadline() == Instant{} + 1s);
  clock.timeline.cancel(key);
  CHECK(clock.timeline.next_deadline() == Instant{} + 2s);
}

TEST_CASE("many entries at one instant are no endless loop", "[timeline]") {
  Clock clock;
  int count = 0;
  for (int i = 0; i < 10'000; ++i) clock.timeline.post([&] { ++count; });
  clock.timeline.run_due();
  CHECK(count == 10'000);
}

TEST_CASE("a timer has one entry: starting it again replaces the first", "[timeline]") {
  Clock clock;
  Timer timer{clock.timeline};
  timer.start(1s, clock.say('a'));
  timer.start(2s, clock.say('b'));
  CHECK(timer.running());
  clock.timeline.advance(5s);
  CHECK(clock.ran == "b");
  CHECK(!timer.running());
}

TEST_CASE("a timer may be started again from its own action", "[timeline]") {
  Clock clock;
  Timer timer{clock.timeline};
  timer.start(1s, [&] {
    CHECK(!timer.running());
    clock.ran += 'a';
    timer.start(1s, clock.say('b'));
  });
  clock.timeline.advance(1s);
  CHECK(timer.running());
  clock.timeline.advance(1s);
  CHECK(clock.ran == "ab");
}

TEST_CASE("a timer that is destroyed does not run", "[timeline]") {
  Clock clock;
  {
    Timer timer{clock.timeline};
    timer.start(1s, clock.say('a'));
  }
  CHECK(clock.timeline.idle());
  clock.timeline.advance(5s);
  CHECK(clock.ran.empty());
}

TEST_CASE("a cancelled timer does not run", "[timeline]") {
  Clock clock;
  Timer timer{clock.timeline};
  timer.start(1s, clock.say('a'));
  timer.cancel();
  timer.cancel();
  CHECK(!timer.running());
  clock.timeline.advance(5s);
  CHECK(clock.ran.empty());
}
