// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/vocabulary.hpp"

#include <algorithm>

namespace quasimodem::app::scenario {
namespace {

constexpr std::string_view kWithAnswer[] = {"within", "count", "answer"};
constexpr std::string_view kPlainWait[] = {"within", "count"};
constexpr std::string_view kEventWait[] = {"kind", "within", "count"};
constexpr std::string_view kNextCommand[] = {"within", "answer"};
constexpr std::string_view kNext[] = {"within"};
constexpr std::string_view kCommandNever[] = {"for", "answer"};
constexpr std::string_view kPlainNever[] = {"for"};
constexpr std::string_view kEventNever[] = {"kind", "for"};
constexpr std::string_view kCommandWhen[] = {"do", "times", "answer"};
constexpr std::string_view kPlainWhen[] = {"do", "times"};
constexpr std::string_view kEventWhen[] = {"kind", "do", "times"};
constexpr std::string_view kRepeat[] = {"do"};

constexpr StepKind kSteps[] = {
    {"wait-at", "COMMAND", "until the host sends it; others before it do not matter", Form::wait, Subject::at,
     kWithAnswer},
    {"wait-urc", "TEXT", "until the module says it unasked", Form::wait, Subject::urc, kPlainWait},
    {"wait-host", "TEXT", "until these bytes came from the host, payload too", Form::wait, Subject::host, kPlainWait},
    {"wait-module", "TEXT", "until these bytes came from the module", Form::wait, Subject::module, kPlainWait},
    {"wait-event", "TEXT", "until there is a record of the journal with it", Form::wait, Subject::event, kEventWait},
    {"wait-state", "STATE", "until the module is in this state", Form::wait_state, Subject::event, kNext},
    {"expect-at", "COMMAND", "the next command of the host is this one", Form::expect, Subject::at, kNextCommand},
    {"expect-urc", "TEXT", "the next unsolicited result code has this in it", Form::expect, Subject::urc, kNext},
    {"expect-state", "STATE", "the module is in this state now", Form::expect_state},
    {"never-at", "COMMAND", "the host does not send it", Form::never, Subject::at, kCommandNever},
    {"never-unknown", "COMMAND", "nor any command that this model does not have; without a value: none at all",
     Form::never, Subject::unknown, kPlainNever},
    {"never-urc", "TEXT", "the module does not say it unasked", Form::never, Subject::urc, kPlainNever},
    {"never-host", "TEXT", "these bytes do not come from the host", Form::never, Subject::host, kPlainNever},
    {"never-module", "TEXT", "these bytes do not come from the module", Form::never, Subject::module, kPlainNever},
    {"never-event", "TEXT", "there is no record of the journal with it", Form::never, Subject::event, kEventNever},
    {"when-at", "COMMAND", "from now on, each time the host sends it, the steps of `do`", Form::when, Subject::at,
     kCommandWhen},
    {"when-urc", "TEXT", "the same, each time the module says it unasked", Form::when, Subject::urc, kPlainWhen},
    {"when-host", "TEXT", "the same, each time these bytes come from the host", Form::when, Subject::host, kPlainWhen},
    {"when-module", "TEXT", "the same, each time these bytes come from the module", Form::when, Subject::module,
     kPlainWhen},
    {"when-event", "TEXT", "the same, each time there is a record of the journal with it", Form::when, Subject::event,
     kEventWhen},
    {"every", "DURATION", "from now on, again and again after that long, the steps of `do`", Form::every,
     Subject::event, kPlainWhen},
    {"fault", "FAULT", "adds one: a line of docs/faults.md, or its words as a map with `name`", Form::fault},
    {"clear-fault", "NAME", "takes the faults of this name away and undoes what they did; `all`: all of them",
     Form::clear_fault},
    {"delay", "DURATION", "lets so much time of the module pass", Form::delay},
    {"repeat", "NUMBER", "the steps of `do`, so often", Form::repeat, Subject::event, kRepeat},
};

constexpr Key kKeys[] = {
    {"name", "TEXT", "what the step is called in messages and in JUnit"},
    {"within", "DURATION", "the longest wait; default: that of the file, which is 10s unless it says so"},
    {"count", "NUMBER", "so often; default 1"},
    {"answer", "TEXT",
     "only with this final result: `OK`, `ERROR`, `+CME ERROR: *`; seen when the command is answered"},
    {"kind", "KINDS", "only records of these kinds, separated by commas: docs/control.md"},
    {"for", "DURATION", "so long, and the next step comes then; without: from now on, beside the next steps"},
    {"times", "NUMBER", "at most so often; default: every time"},
    {"do", "STEPS", "the steps"},
};

template <class All>
auto find_named(const All& all, std::string_view name) {
  const auto found = std::ranges::find(all, name, &std::ranges::range_value_t<All>::name);
  return found == std::end(all) ? nullptr : &*found;
}

}  // namespace

std::span<const StepKind> step_kinds() { return kSteps; }
const StepKind* step_kind(std::string_view name) { return find_named(kSteps, name); }
std::span<const Key> keys() { return kKeys; }
const Key* find_key(std::string_view name) { return find_named(kKeys, name); }

bool is_step(const control::Method& method) {
  // The scenario ends by itself.
  return method.effect == control::Effect::changes && method.name != "quit";
}

std::vector<std::string> step_names() {
  std::vector<std::string> names;
  for (const auto& kind : kSteps) names.emplace_back(kind.name);
  for (const auto& method : control::methods()) {
    if (is_step(method)) names.emplace_back(method.name);
  }
  return names;
}

}  // namespace quasimodem::app::scenario
