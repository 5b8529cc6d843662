// SPDX-License-Identifier: Apache-2.0
#include "core/fault_book.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/duration_text.hpp"

namespace quasimodem {

Duration FaultRule::time(std::string_view key, Duration otherwise) const {
  const auto found = parameters.find(key);
  return found == parameters.end() ? otherwise : parse_duration(found->second).value_or(otherwise);
}

int FaultRule::number(std::string_view key, int otherwise) const {
  const auto found = parameters.find(key);
  return found == parameters.end() ? otherwise : std::atoi(found->second.c_str());
}

std::string FaultRule::text(std::string_view key, std::string_view otherwise) const {
  const auto found = parameters.find(key);
  return found == parameters.end() ? std::string{otherwise} : found->second;
}

int FaultBook::add(FaultRule rule) {
  const int id = next_id_++;
  SeededRandom seeds{seed_ + static_cast<std::uint64_t>(id)};
  entries_.push_back({id, std::move(rule), timeline_.now(), 0, SeededRandom{seeds.next()}});
  if (on_added) on_added(entries_.back());
  return id;
}

FaultBook::Entry* FaultBook::find(int id) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [id](const Entry& entry) { return entry.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

bool FaultBook::remove(int id) {
  const bool removed = entries_.remove_if([id](const Entry& entry) { return entry.id == id; }) > 0;
  if (removed && on_removed) on_removed(id);
  return removed;
}

void FaultBook::clear() {
  while (!entries_.empty()) remove(entries_.front().id);
}

bool FaultBook::in_time(const Entry& entry) const {
  const auto begin = entry.since + entry.rule.after;
  const auto now = timeline_.now();
  return now >= begin && (!entry.rule.lasting || now < begin + *entry.rule.lasting);
}

bool FaultBook::strike(Entry& entry, std::string_view subject) {
  if (entry.rule.count && entry.fired >= *entry.rule.count) return false;
  constexpr double kSteps = 1ULL << 53;
  const auto chance = static_cast<double>(entry.random.next() >> 11) / kSteps;
  if (chance >= entry.rule.probability) return false;
  ++entry.fired;
  if (on_fired) on_fired({entry.id, entry.rule, subject});
  return true;
}

const FaultRule* FaultBook::strike(std::string_view name, std::string_view subject, const Meant& meant) {
  for (auto& entry : entries_) {
    if (entry.rule.name != name || !in_time(entry)) continue;
    if (meant && !meant(entry.rule)) continue;
    if (!entry.rule.match.empty() && subject.find(entry.rule.match) == std::string_view::npos) continue;
    if (strike(entry, subject)) return &entry.rule;
  }
  return nullptr;
}

std::uint64_t FaultBook::draw(const FaultRule& rule) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return &entry.rule == &rule; });
  return found == entries_.end() ? 0 : found->random.next();
}

int FaultBook::id_of(const FaultRule& rule) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return &entry.rule == &rule; });
  return found == entries_.end() ? 0 : found->id;
}

}  // namespace quasimodem
