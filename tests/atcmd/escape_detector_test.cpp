// SPDX-License-Identifier: Apache-2.0
#include "atcmd/channel/escape_detector.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace quasimodem;
using namespace quasimodem::atcmd;

namespace {

/// A detector on a Timeline; `passed` is what came through, with `!` for an escape.
struct Watch {
  Timeline timeline;
  EscapeDetector detector{timeline};
  std::string passed;

  explicit Watch(EscapeDetector::Rule rule = {}) {
    detector.start(
        rule, [this](ByteSpan data) { passed += as_text(data); }, [this] { passed += '!'; });
  }
  void feed(std::string_view text) { detector.feed(as_bytes(text)); }
  void wait(Duration time) { timeline.advance(time); }
};

}  // namespace

TEST_CASE("+++ between two silences is an escape", "[escape][M66 7.4]") {
  Watch watch;
  watch.feed("data");
  watch.wait(500ms);
  watch.feed("+++");
  watch.wait(499ms);
  CHECK(watch.passed == "data");
  CHECK(watch.detector.withheld() == 3);
  watch.wait(1ms);
  CHECK(watch.passed == "data!");
  CHECK(watch.detector.withheld() == 0);
}

TEST_CASE("the silence before counts from the start of watching", "[escape]") {
  Watch watch;
  watch.wait(500ms);
  watch.feed("+++");
  watch.wait(500ms);
  CHECK(watch.passed == "!");

  Watch hasty;
  hasty.wait(499ms);
  hasty.feed("+++");
  hasty.wait(5s);
  CHECK(hasty.passed == "+++");
}

TEST_CASE("without silence before, plus signs are data at once", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("data");
  watch.wait(499ms);
  watch.feed("+++");
  CHECK(watch.passed == "data+++");
}

TEST_CASE("a byte in the silence after makes data of the plus signs", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("+++");
  watch.wait(499ms);
  watch.feed("x");
  CHECK(watch.passed == "+++x");
  watch.wait(5s);
  CHECK(watch.passed == "+++x");
}

TEST_CASE("two or four plus signs are data", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("++");
  CHECK(watch.passed.empty());
  watch.wait(500ms);
  CHECK(watch.passed == "++");
  watch.wait(500ms);
  watch.feed("++++");
  watch.wait(5s);
  CHECK(watch.passed == "++++++");
}

TEST_CASE("+++ inside a burst is data", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("a+++b");
  watch.feed("+++");
  watch.wait(1s);
  CHECK(watch.passed == "a+++b+++");
  watch.feed("+++c");
  CHECK(watch.passed == "a+++b++++++c");
}

TEST_CASE("the gap between plus signs may be as long as the rule says", "[escape][M66 7.4]") {
  Watch watch{{.guard_time = 500ms, .longest_gap = 20ms}};
  watch.wait(1s);
  for (int i = 0; i < 3; ++i) {
    watch.feed("+");
    watch.wait(20ms);
  }
  watch.wait(480ms);
  CHECK(watch.passed == "!");

  Watch slow{{.guard_time = 500ms, .longest_gap = 20ms}};
  slow.wait(1s);
  slow.feed("++");
  slow.wait(21ms);
  slow.feed("+");
  CHECK(slow.passed == "+++");
  slow.wait(5s);
  CHECK(slow.passed == "+++");
}

TEST_CASE("plus signs that trickle in slowly all arrive", "[escape]") {
  Watch watch;
  for (int i = 0; i < 5; ++i) {
    watch.wait(1s);
    watch.feed("+");
  }
  watch.wait(1s);
  CHECK(watch.passed == "+++++");
}

TEST_CASE("what is withheld can be asked for", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("+++");
  watch.detector.release();
  CHECK(watch.passed == "+++");
  watch.wait(5s);
  CHECK(watch.passed == "+++");
  watch.detector.release();
  CHECK(watch.passed == "+++");
}

TEST_CASE("a stopped detector forgets", "[escape]") {
  Watch watch;
  watch.wait(1s);
  watch.feed("+++");
  watch.detector.stop();
  watch.wait(5s);
  CHECK(watch.passed.empty());
  CHECK(watch.detector.withheld() == 0);
}

TEST_CASE("an escape may start the next watch", "[escape]") {
  Timeline timeline;
  EscapeDetector detector{timeline};
  std::string passed;
  const auto nothing = [](ByteSpan) {};
  const std::string long_enough_for_the_heap(100, 'a');
  detector.start({}, nothing, [&, long_enough_for_the_heap] {
    detector.start({}, nothing, [&] { passed += "second"; });
    passed += long_enough_for_the_heap.substr(0, 1);
  });
  for (int i = 0; i < 2; ++i) {
    timeline.advance(500ms);
    detector.feed(as_bytes("+++"));
    timeline.advance(500ms);
  }
  CHECK(passed == "asecond");
}
