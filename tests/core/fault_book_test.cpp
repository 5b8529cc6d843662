// SPDX-License-Identifier: Apache-2.0
#include "core/fault_book.hpp"

#include <vector>

#include "tests/support/catch.hpp"

using namespace quasimodem;

namespace {

struct Book {
  Timeline timeline;
  FaultBook book{timeline, 1};
  std::vector<std::string> fired;

  Book() {
    book.on_fired = [this](const FaultFiring& firing) { fired.emplace_back(firing.subject); };
  }
  bool strikes(std::string_view subject = "x") { return book.strike("f", subject) != nullptr; }
};

}  // namespace

TEST_CASE("a fault strikes what it is named for, from after to for", "[fault]") {
  Book faults;
  faults.book.add({.name = "f", .after = 2s, .lasting = 3s});
  CHECK_FALSE(faults.strikes());
  faults.timeline.advance(2s);
  CHECK(faults.strikes());
  CHECK(faults.book.strike("g", "x") == nullptr);
  faults.timeline.advance(3s - 1ns);
  CHECK(faults.strikes());
  faults.timeline.advance(1ns);
  CHECK_FALSE(faults.strikes());
  CHECK(faults.fired == std::vector<std::string>{"x", "x"});
}

TEST_CASE("a fault strikes what matches, as often as count says", "[fault]") {
  Book faults;
  const int id = faults.book.add({.name = "f", .match = "QI", .count = 2});
  CHECK_FALSE(faults.strikes("AT+CSQ"));
  CHECK(faults.strikes("AT+QIACT"));
  CHECK(faults.strikes("AT+QIOPEN"));
  CHECK_FALSE(faults.strikes("AT+QIACT"));
  CHECK(faults.book.find(id)->fired == 2);
  CHECK(faults.book.remove(id));
  CHECK_FALSE(faults.book.remove(id));
  CHECK(faults.book.entries().empty());
}

TEST_CASE("chance comes from the seed and the fault's own sequence", "[fault]") {
  const auto strikes_of = [](std::uint64_t seed, bool disturbed) {
    Timeline timeline;
    FaultBook book{timeline, seed};
    book.add({.name = "f", .probability = 0.3});
    book.add({.name = "other", .probability = 0.5});
    std::string course;
    for (int i = 0; i < 1000; ++i) {
      if (disturbed) book.strike("other", "");
      course += book.strike("f", "") ? '1' : '0';
    }
    return course;
  };
  const auto course = strikes_of(1, false);
  CHECK(course == strikes_of(1, true));
  CHECK(course != strikes_of(2, false));
  const auto struck = std::count(course.begin(), course.end(), '1');
  CHECK(struck > 250);
  CHECK(struck < 350);
}
