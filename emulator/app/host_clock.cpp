// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/host_clock.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace quasimodem::app {

struct HostClock::Impl {
  Impl(boost::asio::io_context& io, Timeline& line, std::function<void()> due)
      : timeline{line}, on_due{std::move(due)}, timer{io} {}

  Timeline& timeline;
  std::function<void()> on_due;
  boost::asio::steady_timer timer;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  std::optional<Instant> armed;
};

HostClock::HostClock(boost::asio::io_context& io, Timeline& timeline, std::function<void()> on_due)
    : impl_{std::make_unique<Impl>(io, timeline, std::move(on_due))} {}

HostClock::~HostClock() = default;

void HostClock::catch_up() { impl_->timeline.advance_to(Instant{std::chrono::steady_clock::now() - impl_->start}); }

void HostClock::jump(Duration span) {
  impl_->start -= std::chrono::duration_cast<std::chrono::steady_clock::duration>(span);
  impl_->armed.reset();  // for an instant that is nearer now
  catch_up();
}

void HostClock::arm() {
  const auto next = impl_->timeline.next_deadline();
  // A timer that fires too early does no harm, so only an earlier deadline needs a new one.
  if (!next || (impl_->armed && *impl_->armed <= *next)) return;
  impl_->armed = next;
  impl_->timer.expires_at(impl_->start + next->time_since_epoch());
  impl_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error) return;  // another deadline took its place
    impl_->armed.reset();
    impl_->on_due();
  });
}

}  // namespace quasimodem::app
