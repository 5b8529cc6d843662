// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/uart_line.hpp"

#include <utility>

namespace quasimodem::uart {
namespace {

constexpr int kBitsPerCharacter = 10;        // 8N1
constexpr std::size_t kOutwardLimit = 4096;  // on the line at a time; more stays in the module
constexpr std::size_t kInwardLimit = 4096;
// Between OK and a result that comes later on hardware, also where nothing takes time: long enough for who waits for
// bytes to wake up and read. Hosts that tell bursts apart by longer gaps need another profile (docs/profiles.md).
constexpr Duration kPause = 1ms;

}  // namespace

UartLine::UartLine(Timeline& timeline, Dce& module, Pacing pacing)
    : timeline_{timeline},
      module_{module},
      pacing_{pacing},
      inward_{timeline, [this](ByteSpan bytes) { deliver(bytes); }},
      outward_{timeline, [this](ByteSpan bytes) { append(arrived_, bytes); }},
      pause_{timeline} {}

bool UartLine::wants_input() const { return module_.clear_to_send() && inward_.size() < kInwardLimit; }

void UartLine::set_pacing(Pacing pacing) {
  pacing_ = pacing;
  if (pacing == Pacing::on) return;  // from the next byte on
  inward_.set_character_time({});
  outward_.set_character_time({});
}

void UartLine::set_rate() {
  if (pacing_ == Pacing::off) return;
  const auto fixed = module_.baud();
  const auto rate = fixed ? fixed : terminal_rate_;
  if (rate <= 0) return;  // B0 hangs a line up; it is no speed
  const auto time = Duration{1s} * kBitsPerCharacter / rate;
  inward_.set_character_time(time);
  outward_.set_character_time(time);
}

void UartLine::deliver(ByteSpan bytes) {
  module_.receive(bytes);
  obey();
}

/// XOFF or RTS stops what is already on its way; what answers an XOFF overtakes it.
void UartLine::obey() {
  append(arrived_, module_.take_urgent());
  outward_.hold(!module_.may_send());
}

/// True while what the module says next would join what it said before.
bool UartLine::must_pause() {
  if (!module_.pause_is_due()) return false;
  if (outward_.size() > 0 || !arrived_.empty()) return true;  // `take` sees to it
  if (!last_arrival_ || timeline_.now() - *last_arrival_ >= kPause) return false;
  pause_.start(*last_arrival_ + kPause - timeline_.now(), [] {});
  return true;
}

bool UartLine::pump() {
  obey();
  if (!port_ready_ || outward_.size() >= kOutwardLimit || must_pause()) return false;
  const auto output = module_.take_output();
  // A new rate counts from the bytes after the OK that confirmed it.
  outward_.push(output);
  set_rate();
  return !output.empty();
}

Bytes UartLine::take() {
  if (!arrived_.empty()) {
    last_arrival_ = timeline_.now();
    if (module_.pause_is_due()) pause_.start(kPause, [] {});
  }
  return std::exchange(arrived_, {});
}

}  // namespace quasimodem::uart
