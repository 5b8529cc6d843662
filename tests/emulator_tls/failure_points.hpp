// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace quasimodem::test {

/// Runs `script(n)` with n = 1, 2, …: it makes the n-th operation of its network or flash fail and says whether there
/// were that many. The last run is the one in which nothing failed. Gives the number of failure points.
template <class Script>
std::size_t for_each_failure_point(Script script) {
  std::size_t n = 1;
  while (script(n)) ++n;
  return n - 1;
}

}  // namespace quasimodem::test
