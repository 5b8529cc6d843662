// SPDX-License-Identifier: Apache-2.0
#include "emulator/uart/noisy_line.hpp"

#include <algorithm>

namespace quasimodem::uart {
namespace {

constexpr std::size_t kHeldLimit = 4096;  // more stays in the module

}  // namespace

SecretBytes NoisyLine::disturbed(ByteSpan bytes, std::string_view direction) {
  const FaultBook::Meant meant = [direction](const FaultRule& rule) {
    return rule.text("direction", direction) == direction;
  };
  const auto strikes = [&](std::string_view name, ByteSpan byte) { return book_.strike(name, as_text(byte), meant); };
  SecretBytes heard;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = bytes.subspan(i, 1);
    if (strikes("uart.loss", byte)) continue;
    auto value = byte.front();
    if (const auto* rule = strikes("uart.corrupt", byte))
      value ^= static_cast<std::uint8_t>(1U << book_.draw(*rule) % 8);
    // ASSUMED: garbage with the upper bit set; what a UART really samples depends on both rates and on the next byte.
    if (const auto* rule = strikes("uart.wrong_baud", byte))
      value = static_cast<std::uint8_t>(book_.draw(*rule) | 0x80);
    heard.push_back(value);
  }
  return heard;
}

SecretBytes NoisyLine::arrive(ByteSpan from_te) {
  if (book_.entries().empty()) return module_.arrive(from_te);
  return module_.arrive(disturbed(from_te, "in"));
}

void NoisyLine::hold(Duration time) {
  // The entry does nothing; whoever moves the bytes looks again when the Timeline has run it.
  gap_.start(time, [] {});
}

/// A fault that is taken away holds nothing back any more.
void NoisyLine::let_go() {
  if (holder_ == 0 || book_.find(holder_)) return;
  holder_ = 0;
  piece_ = 0;
  merging_ = false;
  gap_.cancel();
}

Bytes NoisyLine::next_piece() {
  const auto size = piece_ == 0 ? held_.size() : std::min(piece_, held_.size());
  const auto end = held_.begin() + static_cast<std::ptrdiff_t>(size);
  Bytes piece{held_.begin(), end};
  held_.erase(held_.begin(), end);
  if (held_.empty()) {
    piece_ = 0;
    merging_ = false;
  } else {
    hold(pause_);
  }
  return piece;
}

/// What waits goes out before the module says more: there is no room, or a pause stands before it that only uart.merge
/// closes up.
bool NoisyLine::is_full() const {
  if (gap_.running() && held_.size() >= kHeldLimit) return true;
  return !held_.empty() && !merging_ && module_.pause_is_due();
}

Bytes NoisyLine::take_output() {
  let_go();
  if (book_.entries().empty() && held_.empty()) return module_.take_output();
  const int baud = module_.baud();
  if (const auto output = is_full() ? Bytes{} : module_.take_output(); !output.empty()) {
    if (held_.empty()) held_baud_ = baud;
    append(held_, disturbed(output, "out"));
    const auto words = as_text(output);
    const auto strikes = [&](std::string_view name) {
      const auto* rule = book_.strike(name, words);
      if (rule) holder_ = book_.id_of(*rule);
      return rule;
    };
    if (const auto* rule = strikes("uart.stall")) hold(rule->time("time", 1s));
    if (const auto* rule = strikes("uart.merge")) {
      merging_ = true;
      hold(rule->time("time", 50ms));
    }
    if (const auto* rule = strikes("uart.split")) {
      piece_ = static_cast<std::size_t>(std::max(1, rule->number("size", 1)));
      pause_ = rule->time("gap", 20ms);
    }
  }
  return gap_.running() || held_.empty() ? Bytes{} : next_piece();
}

}  // namespace quasimodem::uart
