// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/time.hpp"
#include "core/timeline.hpp"

namespace quasimodem::app {

/// Lets a Timeline follow the host's monotonic clock, with one timer.
class HostClock {
 public:
  /// `on_due` is called when the Timeline's next entry is due. The Timeline goes `scale` times as fast as the host's
  /// clock. ASSUMED: the module's RTC and the line's baud rate go with it, as if its crystal were that fast; the
  /// network and the peers stay as they are.
  HostClock(boost::asio::io_context& io, Timeline& timeline, std::function<void()> on_due, double scale = 1)
      : timeline_{timeline}, on_due_{std::move(on_due)}, scale_{scale}, timer_{io} {}

  /// Advances the Timeline to now.
  void catch_up();
  /// From now on the Timeline goes that many times as fast.
  void set_scale(double scale);
  /// Puts the Timeline so much ahead of the host's clock; what is due meanwhile happens.
  void jump(Duration span);
  /// Arms the timer for the Timeline's next entry.
  void arm();

 private:
  Duration of_module(Duration host) const;
  Duration of_host(Duration module) const;

  Timeline& timeline_;
  std::function<void()> on_due_;
  double scale_;
  boost::asio::steady_timer timer_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::optional<Instant> armed_;
};

}  // namespace quasimodem::app
