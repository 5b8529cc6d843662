// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/base/process/host_clock.hpp"

namespace quasimodem::app {
namespace {

using std::chrono::steady_clock;

Duration multiplied(Duration time, double factor) {
  return Duration{static_cast<Duration::rep>(static_cast<double>(time.count()) * factor)};
}

}  // namespace

// Without a scale no nanosecond gets lost in rounding.
Duration HostClock::of_module(Duration host) const { return scale_ == 1 ? host : multiplied(host, scale_); }
Duration HostClock::of_host(Duration module) const {
  return scale_ == 1 ? module : multiplied(module, 1 / scale_) + 1ns;
}

void HostClock::catch_up() { timeline_.advance_to(Instant{of_module(steady_clock::now() - start_)}); }

void HostClock::set_scale(double scale) {
  catch_up();
  const auto now = steady_clock::now();
  const auto passed = of_module(now - start_);
  scale_ = scale;
  start_ = now - (scale == 1 ? passed : multiplied(passed, 1 / scale));
  armed_.reset();
}

void HostClock::jump(Duration span) {
  start_ -= std::chrono::duration_cast<steady_clock::duration>(of_host(span));
  armed_.reset();  // for an instant that is nearer now
  catch_up();
}

void HostClock::arm() {
  const auto next = timeline_.next_deadline();
  // A timer that fires too early does no harm, so only an earlier deadline needs a new one.
  if (!next || (armed_ && *armed_ <= *next)) return;
  armed_ = next;
  timer_.expires_at(start_ + of_host(next->time_since_epoch()));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // another deadline took its place
    armed_.reset();
    on_due_();
  });
}

}  // namespace quasimodem::app
