// SPDX-License-Identifier: Apache-2.0
#include "core/suggestion.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace quasimodem {
namespace {

/// Optimal string alignment: insertions, deletions, substitutions, and two neighbours swapped.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  const std::string* best = nullptr;
  auto allowed = std::max<std::size_t>(1, word.size() / 3);
  for (const auto& candidate : candidates) {
    // Every character that one has more is a change: a long line costs nothing.
    const auto more = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (more > allowed) continue;
    const auto changes = distance(word, candidate);
    if (changes > allowed || (best && changes == allowed)) continue;
    best = &candidate;
    allowed = changes;
  }
  return best ? std::optional{*best} : std::nullopt;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& words) {
  const auto meant = nearest(word, words);
  return meant ? fmt::format("; did you mean \"{}\"?", *meant) : "";
}

}  // namespace quasimodem
