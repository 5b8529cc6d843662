// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tests/support/catch.hpp"

namespace quasimodem::test {

/// Goes through every point of failure: `attempt(n)` builds a fresh world in which the n-th operation fails, plays its
/// script, checks what must hold afterwards, and gives the number of operations it counted. The sweep ends with the
/// first attempt that had fewer than n. Gives the number of points; a script that has none is a mistake.
template <class Attempt>
std::size_t for_each_failure_point(Attempt attempt) {
  for (std::size_t n = 1;; ++n) {
    INFO("operation " << n << " fails");
    if (attempt(n) < n) {
      REQUIRE(n > 1);
      return n - 1;
    }
    REQUIRE(n < 10'000);
  }
}

}  // namespace quasimodem::test
