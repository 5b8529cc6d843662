// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "net/bearer.hpp"

namespace quasimodem::device {

class PdpContext;

/// AT+QPING: a few echo requests, one after the other. `PingAnswered` for each, `PingFinished` at the end.
class Ping {
 public:
  Ping(Timeline& timeline, EventSink& events);

  struct Request {
    std::string host;
    Duration timeout = 1s;
    int number = 4;
  };
  /// Brings the context up when it is down. ASSUMED: `no_bearer` also when the context is lost on the way.
  void start(PdpContext& context, Request request);
  void cancel();

 private:
  void look_up(net::Bearer& bearer);
  void resolved(const net::Bearer::Addresses& addresses);
  void send_next();
  void echoed(const net::Bearer::Echoed& echo);
  void answered(std::optional<PingAnswer> answer);
  void finish(PingFinished::Result result);

  Timeline& timeline_;
  net::Bearer* bearer_ = nullptr;  ///< of the context that it runs on
  EventSink& events_;
  Request request_;
  PingStatistics statistics_;
  net::IpAddress peer_;
  Instant sent_at_{};
  bool busy_ = false;
  int run_ = 0;  ///< tells an answer of the bearer from one that came after `cancel`
  Timer timer_;
  std::unique_ptr<net::Operation> operation_;
};

}  // namespace quasimodem::device
