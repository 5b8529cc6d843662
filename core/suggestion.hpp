// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace quasimodem {

/// The candidate that is most likely meant by `word`, if one is near enough.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace quasimodem
