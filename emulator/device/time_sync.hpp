// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/timeline.hpp"
#include "emulator/device/events.hpp"
#include "emulator/device/rtc.hpp"
#include "net/bearer.hpp"

namespace quasimodem::device {

class Kept;
class PdpContext;

struct TimeServer {
  std::string host = "210.72.145.44";
  std::uint16_t port = 123;
};

/// AT+QNTP: asks a time server by SNTP (RFC 4330) and sets the clock. `TimeSynchronised` tells how it went.
class TimeSync final : private net::LinkObserver {
 public:
  TimeSync(Timeline& timeline, EventSink& events, Rtc& rtc, Kept& kept);

  const TimeServer& server() const { return server_; }
  /// Kept at once.
  void set_server(TimeServer server);
  /// At a start: what was kept.
  void recall();

  /// Brings the context up when it is down. ASSUMED: `no_bearer` also when the context is lost on the way.
  void start(PdpContext& context);
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
  Kept& kept_;
  TimeServer server_;
  TimeServer asked_;  ///< the server as it was at the start
  bool busy_ = false;
  int run_ = 0;  ///< tells an answer of the bearer from one that came after `cancel`
  int attempts_ = 0;
  Bytes cookie_;  ///< our transmit time stamp; the answer repeats it
  Timer timer_;
  std::unique_ptr<net::Operation> looking_up_;
  std::unique_ptr<net::Link> link_;
};

}  // namespace quasimodem::device
