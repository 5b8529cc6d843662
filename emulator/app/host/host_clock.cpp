// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host/host_clock.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace quasimodem::app {

struct HostClock::Impl {
  Impl(boost::asio::io_context& io, Timeline& line, std::function<void()> due, double factor)
      : timeline{line}, on_due{std::move(due)}, scale{factor}, timer{io} {}

  // Without a scale no nanosecond gets lost in rounding.
  Duration of_module(Duration host) const { return scale == 1 ? host : multiplied(host, scale); }
  Duration of_host(Duration module) const { return scale == 1 ? module : multiplied(module, 1 / scale) + 1ns; }
  static Duration multiplied(Duration time, double factor) {
    return Duration{static_cast<Duration::rep>(static_cast<double>(time.count()) * factor)};
  }

  Timeline& timeline;
  std::function<void()> on_due;
  double scale;
  boost::asio::steady_timer timer;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::optional<Instant> armed;
};

HostClock::HostClock(boost::asio::io_context& io, Timeline& timeline, std::function<void()> on_due, double scale)
    : impl_{std::make_unique<Impl>(io, timeline, std::move(on_due), scale)} {}

HostClock::~HostClock() = default;

void HostClock::catch_up() {
  impl_->timeline.advance_to(Instant{impl_->of_module(std::chrono::steady_clock::now() - impl_->start)});
}

void HostClock::set_scale(double scale) {
  catch_up();
  const auto now = std::chrono::steady_clock::now();
  const auto passed = impl_->of_module(now - impl_->start);
  impl_->scale = scale;
  impl_->start = now - (scale == 1 ? passed : Impl::multiplied(passed, 1 / scale));
  impl_->armed.reset();
}

void HostClock::jump(Duration span) {
  impl_->start -= std::chrono::duration_cast<std::chrono::steady_clock::duration>(impl_->of_host(span));
  impl_->armed.reset();  // for an instant that is nearer now
  catch_up();
}

void HostClock::arm() {
  const auto next = impl_->timeline.next_deadline();
  // A timer that fires too early does no harm, so only an earlier deadline needs a new one.
  if (!next || (impl_->armed && *impl_->armed <= *next)) return;
  impl_->armed = next;
  impl_->timer.expires_at(impl_->start + impl_->of_host(next->time_since_epoch()));
  impl_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // another deadline took its place
    impl_->armed.reset();
    impl_->on_due();
  });
}

}  // namespace quasimodem::app
