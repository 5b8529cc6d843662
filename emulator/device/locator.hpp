// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/timeline.hpp"

namespace quasimodem::device {

class Pace;
class PdpContext;

/// Where the maker's server says that the cell stands, AT+QCELLLOC and AT+QGSMLOC. No server is asked.
class Locator {
 public:
  struct Place {
    double longitude;  ///< degrees east, -180 to 180
    double latitude;   ///< degrees north, -90 to 90
  };
  using Done = std::function<void(bool found)>;

  Locator(Timeline& timeline, Pace& pace) : pace_{pace}, answer_{timeline} {}

  /// Brings the context up; the answer takes a round trip. `found` is false without a bearer. A request under way is
  /// forgotten.
  void start(PdpContext& context, Done done);
  void cancel();

  // ASSUMED: nobody's place, the open Pacific.
  Place place{165.123456, 25.654321};

 private:
  Pace& pace_;
  Timer answer_;
  int run_ = 0;
};

}  // namespace quasimodem::device
