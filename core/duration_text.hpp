// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace quasimodem {

/// `15ms`, `2.8s`, `20min`, `24h`, `40us`; a number without a unit is seconds. The rule for every time that a user
/// writes: options, variables, configuration, profiles, faults, scenarios, `ctl`. Nothing for anything else, for what
/// is negative and for more than 1e9 seconds.
std::optional<Duration> parse_duration(std::string_view text);

/// How a time is written, for messages: `use ` goes before it.
inline constexpr std::string_view kDurationForm = "500ms, 10s, 2min or 1h; a number alone is seconds";

/// A regular expression (ECMA 262, without ^ and $) for what `parse_duration` reads; the longest time is not in it.
std::string duration_pattern();

/// A text that `parse_duration` reads as this, in the largest unit that goes into it; exact to the microsecond. Not for
/// negative ones.
std::string duration_text(Duration duration);

}  // namespace quasimodem
