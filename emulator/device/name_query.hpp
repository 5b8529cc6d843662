// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "net/bearer.hpp"

namespace quasimodem::device {

/// AT+QIDNSGIP: one look-up at a time, answered by `NameLookedUp`.
class NameQuery {
 public:
  NameQuery(Timeline& timeline, net::Bearer& bearer, EventSink& events);

  /// False when one is under way.
  bool start(int context, bool bearer_up, const std::string& host);
  /// Power is gone, or the bearer: nobody hears the answer.
  void cancel();

 private:
  void finish(NameLookedUp answer);

  net::Bearer& bearer_;
  EventSink& events_;
  Timer timeout_;
  std::unique_ptr<net::Operation> looking_up_;
};

}  // namespace quasimodem::device
