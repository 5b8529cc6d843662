// SPDX-License-Identifier: Apache-2.0
#include "emulator/device/pace.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace quasimodem::device {
namespace {

constexpr double kNormal95 = 1.6448536269514722;  // 95 % of a standard normal distribution lie below it

// The sequences: one for each kind of delay, then two for each kind of spell.
constexpr std::size_t kOutage = kDelayKinds.size();
constexpr std::size_t kPdpDrop = kOutage + 2;
constexpr std::size_t kSequences = kPdpDrop + 2;

std::size_t sequence_of(Delay Timing::*kind) {
  const auto* const found = std::find_if(kDelayKinds.begin(), kDelayKinds.end(),
                                         [kind](const DelayKind& each) { return each.value == kind; });
  return static_cast<std::size_t>(found - kDelayKinds.begin());
}

std::size_t sequence_of(Spell Timing::*kind) { return kind == &Timing::outage ? kOutage : kPdpDrop; }

Duration scaled(Duration time, double factor) {
  return Duration{static_cast<Duration::rep>(static_cast<double>(time.count()) * factor)};
}

std::string_view name_of(Delay Timing::*kind) { return kDelayKinds[sequence_of(kind)].key; }

}  // namespace

Pace::Pace(Timing timing, std::uint64_t seed, Logger log) : timing_{std::move(timing)}, log_{std::move(log)} {
  // A generator of seeds keeps the sequences of neighbouring seeds apart.
  SeededRandom seeds{seed};
  for (std::size_t i = 0; i < kSequences; ++i) sequences_.emplace_back(seeds.next());
}

double Pace::uniform(std::size_t sequence) {
  constexpr double kSteps = 1ULL << 53;
  return (static_cast<double>(sequences_[sequence].next() >> 11) + 0.5) / kSteps;
}

Duration Pace::next(Delay Timing::*kind) {
  const auto& delay = timing_.*kind;
  auto drawn = delay.median;
  if (delay.median != delay.p95) {
    const auto sequence = sequence_of(kind);
    // Box and Muller; the second value is thrown away, so that every delay takes two numbers of its sequence.
    const double radius = std::sqrt(-2 * std::log(uniform(sequence)));
    const double normal = radius * std::cos(2 * std::numbers::pi * uniform(sequence));
    const double sigma =
        std::log(static_cast<double>(delay.p95.count()) / static_cast<double>(delay.median.count())) / kNormal95;
    drawn = scaled(delay.median, std::exp(sigma * normal));
    log_.debug("{}: {} ms drawn", name_of(kind), drawn / 1ms);
  }
  return on_drawn ? on_drawn(kind, drawn) : drawn;
}

Duration Pace::until(Spell Timing::*kind) {
  // Nothing ages: however long it has been fine, the next spell is as far away as ever.
  return scaled((timing_.*kind).every, -std::log(uniform(sequence_of(kind))));
}

Duration Pace::length(Spell Timing::*kind) {
  const auto& spell = timing_.*kind;
  const auto length = spell.shortest + scaled(spell.longest - spell.shortest, uniform(sequence_of(kind) + 1));
  log_.debug("{}: {} ms drawn", kind == &Timing::outage ? "outage" : "pdp_drop", length / 1ms);
  return length;
}

}  // namespace quasimodem::device
