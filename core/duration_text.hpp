// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace quasimodem {

/// `15ms`, `2.8s`, `20min`, `24h`, `40us`; `0` needs no unit. Nothing for anything else, and for what is negative.
std::optional<Duration> parse_duration(std::string_view text);

/// The shortest text that `parse_duration` reads as this; exact to the microsecond.
std::string duration_text(Duration duration);

}  // namespace quasimodem
