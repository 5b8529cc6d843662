// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "core/fault_book.hpp"

namespace quasimodem::emulator {

/// When a fault strikes.
enum class FaultTrigger {
  each,   ///< whatever it is about, each time that happens: a byte, a command, a connection
  clock,  ///< by itself, once `after` has passed; with `match`, that long after a command that contains it
};

enum class ParameterType { time, number, text };

struct FaultParameter {
  std::string_view name;
  ParameterType type;
  std::string_view meaning;
};

/// One kind of fault. From this table come the checks, the help of `ctl` and docs/faults.md.
struct FaultKind {
  std::string_view name;
  FaultTrigger trigger;
  std::string_view subject;  ///< what `match` is compared with; empty for those of the clock
  std::string_view effect;
  std::vector<FaultParameter> parameters{};
};

std::span<const FaultKind> fault_kinds();
/// What every fault takes besides: `match`, `after`, `for`, `count` (from 1), `probability` (0 to 1, not only whole).
std::span<const FaultParameter> common_fault_parameters();
const FaultKind* fault_kind(std::string_view name);

/// `bearer.outage for=6s after=2s count=1 probability=0.5 match="AT+QISEND"`: the name, bare or as `name=`, then what
/// else there is to say; values with blanks in quotes. The error says what is wrong and what would be right.
tl::expected<FaultRule, std::string> parse_fault(std::string_view spec);

/// A fault in words that are not looked at yet.
struct FaultWords {
  std::string name;
  std::vector<std::pair<std::string, std::string>> words;
};
tl::expected<FaultWords, std::string> fault_words(std::string_view spec);

/// The same from words, as they also come out of JSON or YAML.
tl::expected<FaultRule, std::string> make_fault(const FaultWords& fault);

/// The text that reads back as this rule.
std::string fault_text(const FaultRule& rule);

}  // namespace quasimodem::emulator
