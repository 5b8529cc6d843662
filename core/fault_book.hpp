// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/timeline.hpp"

namespace quasimodem {

/// What is to go wrong, and when.
struct FaultRule {
  std::string name;                 ///< `bearer.outage`
  std::string match;                ///< strikes only what contains this; empty: everything
  Duration after{};                 ///< from now
  std::optional<Duration> lasting;  ///< `for`; none: until it is cleared
  std::optional<int> count;         ///< strikes at most so often
  double probability = 1;
  std::map<std::string, std::string, std::less<>> parameters;  ///< of its kind

  /// A parameter as a time, as a number, as text; `otherwise` when it is not given. They were checked before.
  Duration time(std::string_view key, Duration otherwise) const;
  int number(std::string_view key, int otherwise) const;
  std::string text(std::string_view key, std::string_view otherwise) const;
};

/// One time that a fault struck.
struct FaultFiring {
  int id;
  const FaultRule& rule;
  std::string_view subject;  ///< what it struck: a command, a peer, a record
};

/// The faults of one module. Decorators ask it; nothing else in the module knows of it. Each fault draws from a
/// sequence of its own, made of the seed and its id, so that others do not change what it does.
class FaultBook {
 public:
  struct Entry {
    int id;
    FaultRule rule;
    Instant since;
    int fired = 0;
    SeededRandom random;
  };

  FaultBook(Timeline& timeline, std::uint64_t seed) : timeline_{timeline}, seed_{seed} {}

  int add(FaultRule rule);
  bool remove(int id);
  void clear();
  const std::list<Entry>& entries() const { return entries_; }
  Entry* find(int id);

  /// Whether a fault of this name strikes `subject` now; it counts and is told then. The rule is good until the next
  /// call of add, remove or clear.
  const FaultRule* strike(std::string_view name, std::string_view subject) { return strike(name, subject, {}); }
  /// The same, of those faults only that are `meant`.
  using Meant = std::function<bool(const FaultRule&)>;
  const FaultRule* strike(std::string_view name, std::string_view subject, const Meant& meant);
  /// The same for one of them, whose time has come by itself.
  bool strike(Entry& entry, std::string_view subject);
  /// For what a struck decorator needs besides: which bit, where.
  std::uint64_t draw(const FaultRule& rule);
  /// The id of a rule that struck just now.
  int id_of(const FaultRule& rule) const;

  std::function<void(const FaultFiring&)> on_fired;
  std::function<void(Entry&)> on_added;
  std::function<void(int id)> on_removed;

 private:
  bool in_time(const Entry& entry) const;

  Timeline& timeline_;
  std::uint64_t seed_;
  int next_id_ = 1;
  std::list<Entry> entries_;
};

}  // namespace quasimodem
