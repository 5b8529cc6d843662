// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/timeline.hpp"
#include "emulator/device/event_sink.hpp"
#include "net/bearer.hpp"

namespace quasimodem::device {

class PdpContext;

/// AT+QIDNSGIP: one look-up at a time, answered by `NameLookedUp`.
class NameQuery {
 public:
  NameQuery(Timeline& timeline, EventSink& events);

  /// False when one is under way. The answer is `Error::network` when the context is down, or lost on the way.
  bool start(PdpContext& context, const std::string& host);
  /// Power is gone: nobody hears the answer.
  void cancel();

 private:
  void finish(NameLookedUp answer);

  EventSink& events_;
  Timer timeout_;
  std::unique_ptr<net::Operation> looking_up_;
};

}  // namespace quasimodem::device
