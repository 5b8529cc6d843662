// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/time_sync.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/big_endian.hpp"
#include "emulator/device/kept.hpp"
#include "emulator/device/pdp_context.hpp"

namespace quasimodem::device {
namespace {

constexpr Duration kServerLookUpTimeout = 14s;  // as AT+QIDNSGIP has it
// ASSUMED: how often and how long; all in all less than the 120 s of MANUAL M66 11.34.
constexpr Duration kAnswerTimeout = 5s;
constexpr int kAttempts = 3;

// RFC 4330 4.
constexpr std::size_t kMessage = 48;
constexpr std::size_t kStratum = 1;
constexpr std::size_t kOriginate = 24;
constexpr std::size_t kTransmit = 40;
constexpr std::uint8_t kVersion3Client = 0x1B;
constexpr std::uint8_t kServer = 4;
constexpr std::uint32_t kEpoch1900To1970 = 2'208'988'800U;

/// Nothing when it is no usable answer of a server.
std::optional<UtcTime> time_in(ByteSpan answer) {
  if (answer.size() < kMessage || (answer[0] & 7) != kServer || answer[kStratum] == 0) return std::nullopt;
  const auto seconds = get_be<std::uint32_t>(answer.subspan(kTransmit));
  if (seconds == 0) return std::nullopt;
  // RFC 4330 3: the count begins anew in 2036; without the top bit it is one of the second round.
  const std::int64_t round = (seconds & 0x8000'0000U) ? 0 : std::int64_t{1} << 32;
  return UtcTime{std::chrono::seconds{round + seconds - kEpoch1900To1970}};
}

}  // namespace

TimeSync::TimeSync(Timeline& timeline, EventSink& events, Rtc& rtc, Kept& kept)
    : timeline_{timeline}, events_{events}, rtc_{rtc}, kept_{kept}, timer_{timeline} {}

void TimeSync::set_server(TimeServer server) {
  server_ = std::move(server);
  kept_.keep(server_);
}

void TimeSync::recall() { server_ = kept_.time_server().value_or(server_); }

void TimeSync::start(PdpContext& context) {
  if (busy_) {
    timeline_.post([this] { events_.on_event(TimeSynchronised{Result::busy}); });
    return;
  }
  busy_ = true;
  asked_ = server_;
  timer_.start({}, [this, &context, run = ++run_] {
    context.when_up([this, &context, run](bool up) {
      if (run != run_) return;
      up ? look_up(context.bearer()) : finish(Result::no_bearer);
    });
  });
}

void TimeSync::look_up(net::Bearer& bearer) {
  bearer_ = &bearer;
  timer_.start(kServerLookUpTimeout, [this] { finish(Result::not_found); });
  looking_up_ = bearer_->resolve(asked_.host, [this](const auto& addresses) { resolved(addresses); });
}

void TimeSync::resolved(const net::Bearer::Addresses& addresses) {
  const auto finished = std::move(looking_up_);
  if (!addresses) {
    return finish(addresses.error() == net::NetError::no_bearer ? Result::no_bearer : Result::not_found);
  }
  attempts_ = 0;
  timer_.start(kAnswerTimeout, [this] { finish(Result::no_response); });
  link_ = bearer_->connect(net::Transport::udp, {addresses->front(), asked_.port}, *this);
}

void TimeSync::ask() {
  if (attempts_++ == kAttempts) return finish(Result::no_response);
  Bytes request(kMessage);
  request[0] = kVersion3Client;
  const auto since_1900 = static_cast<std::uint32_t>(rtc_.utc().time_since_epoch().count() + kEpoch1900To1970);
  put_be(std::span{request}.subspan(kTransmit), since_1900);
  request[kTransmit + 4] = static_cast<std::uint8_t>(attempts_);
  cookie_.assign(request.begin() + kTransmit, request.end());
  link_->send(request);
  timer_.start(kAnswerTimeout, [this] { ask(); });
}

void TimeSync::link_closed(std::optional<net::NetError> error) {
  // Anything else is a server that does not answer; the time-out tells.
  if (error == net::NetError::no_bearer) finish(Result::no_bearer);
}

void TimeSync::link_received(ByteSpan datagram) {
  if (datagram.size() < kMessage) return;
  // What does not repeat our time stamp is not an answer to us.
  if (!std::equal(cookie_.begin(), cookie_.end(), datagram.begin() + kOriginate)) return;
  const auto time = time_in(datagram);
  timer_.start({}, [this, time] {
    if (!time) return finish(Result::unknown);
    // ASSUMED: the clock keeps the time zone it has.
    const auto zone = rtc_.now().quarter_hours;
    rtc_.set({std::chrono::local_seconds{(*time + zone * 15min).time_since_epoch()}, zone});
    finish(Result::done);
  });
}

void TimeSync::finish(Result result) {
  cancel();
  events_.on_event(TimeSynchronised{result});
}

void TimeSync::cancel() {
  ++run_;
  busy_ = false;
  timer_.cancel();
  looking_up_.reset();
  link_.reset();
}

}  // namespace quasimodem::device
