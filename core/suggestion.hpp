// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quasimodem {

/// The candidate that is most likely meant by `word`, if one is near enough.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `; did you mean "WORD"?` when one of `words` is near enough, else nothing.
std::string did_you_mean(const std::string& word, const std::vector<std::string>& words);

}  // namespace quasimodem
