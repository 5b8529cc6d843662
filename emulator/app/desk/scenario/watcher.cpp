// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/watcher.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/core.h>

#include "emulator/app/desk/scenario/command_match.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr std::size_t kShown = 3;

Happening::Kind kind_of(const Pattern& pattern) {
  switch (pattern.subject) {
    case Subject::at: return pattern.answer ? Happening::Kind::answered : Happening::Kind::sent;
    case Subject::unknown: return Happening::Kind::sent;
    case Subject::urc: return Happening::Kind::urc;
    case Subject::host: return Happening::Kind::from_host;
    case Subject::module: return Happening::Kind::from_module;
    case Subject::event: return Happening::Kind::event;
  }
  return Happening::Kind::event;
}

}  // namespace

Watcher::Watcher(const Pattern& pattern) : pattern_{pattern} {
  const bool bytes = pattern.subject == Subject::host || pattern.subject == Subject::module;
  if (bytes) bytes_.emplace(pattern.text);
}

bool Watcher::concerns(const Happening& happening) const {
  if (happening.kind != kind_of(pattern_)) return false;
  if (pattern_.subject == Subject::unknown) return happening.unknown;
  const auto& kinds = pattern_.kinds;
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), happening.record) != kinds.end();
}

int Watcher::feed(const Happening& happening) {
  if (!concerns(happening)) return 0;
  const auto found = matches(happening);
  if (found > 0) return found;
  ++others_;
  const bool answered = happening.kind == Happening::Kind::answered;
  last_others_.push_back(answered ? fmt::format("{} answered {}", happening.text, happening.answer) : happening.text);
  if (last_others_.size() > kShown) last_others_.pop_front();
  return 0;
}

int Watcher::matches(const Happening& happening) {
  switch (pattern_.subject) {
    case Subject::at:
      if (pattern_.answer && !like(*pattern_.answer, happening.answer)) return 0;
      return means(pattern_.text, happening.text) ? 1 : 0;
    case Subject::unknown: return means(pattern_.text, happening.text) ? 1 : 0;
    case Subject::host:
    case Subject::module: return bytes_->feed(happening.text);
    case Subject::urc:
    case Subject::event: return happening.text.find(pattern_.text) != std::string::npos ? 1 : 0;
  }
  return 0;
}

}  // namespace quasimodem::app::scenario
