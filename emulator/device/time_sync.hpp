// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/rtc.hpp"
#include "net/bearer.hpp"

namespace quasimodem::device {

class PdpContext;

/// AT+QNTP: asks a time server by SNTP (RFC 4330) and sets the clock. `TimeSynchronised` tells how it went.
class TimeSync final : private net::LinkObserver {
 public:
  TimeSync(Timeline& timeline, EventSink& events, Rtc& rtc);

  /// Brings the context up when it is down. ASSUMED: `no_bearer` also when the context is lost on the way.
  void start(PdpContext& context, const std::string& host, std::uint16_t port);
  void cancel();

 private:
  using Result = TimeSynchronised::Result;

  void look_up(net::Bearer& bearer);
  void resolved(const net::Bearer::Addresses& addresses);
  void ask();
  void link_connected() override { ask(); }
  void link_received(ByteSpan datagram) override;
  void link_closed(std::optional<net::NetError> error) override;
  void finish(Result result);

  Timeline& timeline_;
  net::Bearer* bearer_ = nullptr;  ///< of the context that it runs on
  EventSink& events_;
  Rtc& rtc_;
  std::string host_;
  std::uint16_t port_ = 0;
  bool busy_ = false;
  int run_ = 0;  ///< tells an answer of the bearer from one that came after `cancel`
  int attempts_ = 0;
  Bytes cookie_;  ///< our transmit time stamp; the answer repeats it
  Timer timer_;
  std::unique_ptr<net::Operation> looking_up_;
  std::unique_ptr<net::Link> link_;
};

}  // namespace quasimodem::device
