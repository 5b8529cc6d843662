// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/ping.hpp"

#include <algorithm>
#include <utility>

#include "emulator/device/pdp_context.hpp"

namespace quasimodem::device {
namespace {

constexpr std::size_t kOctets = 32;           // MANUAL M66 11.33 (example)
constexpr Duration kPingLookUpTimeout = 14s;  // as AT+QIDNSGIP has it

}  // namespace

Ping::Ping(Timeline& timeline, EventSink& events) : timeline_{timeline}, events_{events}, timer_{timeline} {}

void Ping::start(PdpContext& context, Request request) {
  if (busy_) {
    timeline_.post([this] { events_.on_event(PingFinished{PingFinished::Result::busy, {}}); });
    return;
  }
  busy_ = true;
  request_ = std::move(request);
  statistics_ = {};
  timer_.start({}, [this, &context, run = ++run_] {
    context.when_up([this, &context, run](bool up) {
      if (run != run_) return;
      up ? look_up(context.bearer()) : finish(PingFinished::Result::no_bearer);
    });
  });
}

void Ping::look_up(net::Bearer& bearer) {
  bearer_ = &bearer;
  timer_.start(kPingLookUpTimeout, [this] { finish(PingFinished::Result::not_found); });
  operation_ = bearer_->resolve(request_.host, [this](const auto& addresses) { resolved(addresses); });
}

void Ping::resolved(const net::Bearer::Addresses& addresses) {
  const auto finished = std::move(operation_);
  if (!addresses) {
    const bool lost = addresses.error() == net::NetError::no_bearer;
    return finish(lost ? PingFinished::Result::no_bearer : PingFinished::Result::not_found);
  }
  peer_ = addresses->front();
  send_next();
}

void Ping::send_next() {
  ++statistics_.sent;
  sent_at_ = timeline_.now();
  timer_.start(request_.timeout, [this] { answered(std::nullopt); });
  operation_ = bearer_->ping(peer_, kOctets, [this](const auto& echo) { echoed(echo); });
}

void Ping::echoed(const net::Bearer::Echoed& echo) {
  // A bearer that cannot send is no different from a peer that does not answer; the time-out tells.
  if (!echo && echo.error() == net::NetError::no_bearer) return finish(PingFinished::Result::no_bearer);
  if (!echo) return;
  answered(PingAnswer{kOctets, timeline_.now() - sent_at_, *echo});
}

void Ping::answered(std::optional<PingAnswer> answer) {
  const auto finished = std::move(operation_);
  if (answer) {
    statistics_.shortest = statistics_.received ? std::min(statistics_.shortest, answer->time) : answer->time;
    statistics_.longest = std::max(statistics_.longest, answer->time);
    statistics_.total += answer->time;
    ++statistics_.received;
  }
  events_.on_event(PingAnswered{peer_, answer});
  if (statistics_.sent == request_.number) return finish(PingFinished::Result::done);
  // ASSUMED: the next request follows the answer at once; no source tells of a pause.
  timer_.start({}, [this] { send_next(); });
}

void Ping::finish(PingFinished::Result result) {
  const auto statistics = statistics_;
  cancel();
  events_.on_event(PingFinished{result, statistics});
}

void Ping::cancel() {
  ++run_;
  busy_ = false;
  timer_.cancel();
  operation_.reset();
}

}  // namespace quasimodem::device
