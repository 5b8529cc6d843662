// SPDX-License-Identifier: Apache-2.0
// Half of a pair: two files with an argument structure of the same name and members of the same names, as command
// families have them. They must not share code (g++ 12 made one function of the two once).
#include <array>

#include "atcmd/table/param.hpp"
#include "tests/support/catch.hpp"

using namespace quasimodem::atcmd;

namespace {

struct Receive {
  int context = 0;
  int index = 0;
  int length = 0;
};

constexpr std::array kParams{integer<&Receive::context>("context", 0, 9), integer<&Receive::index>("index", 0, 9),
                             integer<&Receive::length>("length", 0, 9)};

}  // namespace

TEST_CASE("an argument structure named as one of another file keeps its own layout: one", "[param]") {
  const std::array<Argument, 3> typed{Argument{Argument::Kind::bare, "1"}, Argument{Argument::Kind::bare, "2"},
                                      Argument{Argument::Kind::bare, "3"}};
  const auto args = arguments_as<Receive>(kParams, typed);
  REQUIRE(args);
  CHECK(args->context == 1);
  CHECK(args->index == 2);
  CHECK(args->length == 3);
}
