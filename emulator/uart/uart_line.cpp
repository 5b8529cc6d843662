// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/uart_line.hpp"

#include <utility>

namespace quasimodem::uart {
namespace {

constexpr int kBitsPerCharacter = 10;  // 8N1
// On the line from when on more stays in the module. What is here goes out before the OK of `+++`, at most this and
// what the module had ready.
constexpr std::size_t kOutwardLimit = 512;
constexpr std::size_t kInwardLimit = 4096;
// Between OK and a result that comes later on hardware, also where nothing takes time: long enough for who waits for
// bytes to wake up and read. Hosts that tell bursts apart by longer gaps need another profile (docs/profiles.md).
constexpr Duration kPause = 1ms;
constexpr std::size_t kInwardLimitWhileStopped = 65536;

}  // namespace

UartLine::UartLine(Timeline& timeline, Dce& module, Pacing pacing)
    : timeline_{timeline},
      module_{module},
      pacing_{pacing},
      inward_{timeline, [this](ByteSpan bytes) { deliver(bytes); }},
      outward_{timeline},
      pause_{timeline} {}

/// What sets a stopped module going again stands behind whatever the TE sent before it.
bool UartLine::wants_input() const {
  if (!module_.may_send()) return inward_.size() < kInwardLimitWhileStopped;
  return module_.clear_to_send() && inward_.size() < kInwardLimit;
}

/// The TE's own UART has spent the time of XON and XOFF already when they are here.
void UartLine::from_te(ByteSpan bytes) {
  const auto data = module_.arrive(bytes);
  obey();
  inward_.push(data);
}

void UartLine::set_pacing(Pacing pacing) {
  pacing_ = pacing;
  if (pacing == Pacing::on) return;  // from the next byte on
  inward_.set_character_time({});
  outward_.hurry();
}

/// Of the bytes that the module gives next.
Speed UartLine::speed() const {
  const auto fixed = module_.baud();
  const auto rate = fixed ? fixed : terminal_rate_;
  if (pacing_ == Pacing::off) return {fixed, {}};
  if (rate <= 0) return {fixed, character_time_};  // B0 hangs a line up; it is no speed
  return {fixed, Duration{1s} * kBitsPerCharacter / rate};
}

void UartLine::deliver(ByteSpan bytes) {
  module_.receive(bytes);
  obey();
}

/// XOFF or RTS stops what is already on its way; what answers an XOFF overtakes it. A port that is stuck takes nothing,
/// and is not to get all at once later.
void UartLine::obey() {
  append(urgent_, module_.take_urgent());
  outward_.hold(!module_.may_send() || !port_ready_);
  inward_.hold(!module_.may_send() && !module_.clear_to_send());
}

/// True while what the module says next would join what it said before.
bool UartLine::must_pause() {
  if (!module_.pause_is_due() || !attended_) return false;
  if (outward_.size() > 0) return true;  // `take` sees to it
  if (!last_arrival_ || timeline_.now() - *last_arrival_ >= kPause) return false;
  pause_.start(*last_arrival_ + kPause - timeline_.now(), [] {});
  return true;
}

bool UartLine::pump() {
  obey();
  if (std::exchange(has_left_, false)) last_arrival_ = timeline_.now();
  if (!port_ready_ || must_pause()) return false;
  if (pacing_ == Pacing::on && outward_.size() >= kOutwardLimit) return false;
  const auto next = speed();
  const auto output = module_.take_output();
  outward_.push(output, next);
  character_time_ = speed().character;
  inward_.set_character_time(character_time_);
  return !output.empty();
}

Bytes UartLine::take() {
  obey();  // RTS may have fallen since the last look
  auto arrived = std::exchange(urgent_, {});
  append(arrived, outward_.take());
  has_left_ = has_left_ || !arrived.empty();
  return arrived;
}

int UartLine::baud() const {
  const auto* leaving = outward_.speed();
  return leaving ? leaving->baud : module_.baud();
}

}  // namespace quasimodem::uart
