// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/steps.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/bytes.hpp"
#include "core/duration_text.hpp"
#include "emulator/app/base/arguments.hpp"
#include "emulator/app/base/printable.hpp"
#include "emulator/app/base/text_file.hpp"
#include "emulator/app/desk/scenario/method_step.hpp"
#include "emulator/app/desk/scenario/vocabulary.hpp"
#include "emulator/faults/fault_table.hpp"

namespace quasimodem::app::scenario {
namespace {

constexpr auto kWithin = 10s;  // unless the file says so

class Reader {
 public:
  explicit Reader(std::string source) : source_{std::move(source)} {}

  Scenario read(const Node& root) {
    Scenario scenario;
    scenario.file = source_;
    scenario.name = std::filesystem::path{source_}.filename().string();
    if (root.kind != Node::Kind::map) wrong_place(source_, root.place, "a scenario is a map with steps: …");
    for (const auto& member : root.items) {
      if (member.key == "name") {
        scenario.name = printable(text(member));
      } else if (member.key == "within") {
        within_ = duration(member);
      } else if (member.key != "steps") {
        unknown(member, "key", {"name", "within", "steps"});
      }
    }
    const auto* steps = root.find("steps");
    if (!steps) wrong_place(source_, root.place, "there are no steps in it; a scenario begins with steps:");
    scenario.steps = read_steps(*steps, "");
    scenario.count = next_id_;
    return scenario;
  }

 private:
  // ---- steps ----

  Steps read_steps(const Node& list, const std::string& prefix) {
    if (list.kind != Node::Kind::list || list.items.empty()) {
      wrong_place(source_, list.place, fmt::format("{}: a list of steps is wanted, each with a - before it", list.key));
    }
    Steps steps;
    for (const auto& item : list.items) {
      const auto number = fmt::format("{}{}", prefix, steps.size() + 1);
      steps.push_back(item.kind == Node::Kind::scalar ? read_bare(item, number) : read_step(item, number));
    }
    return steps;
  }

  /// `- reset`: a step without a value.
  Step read_bare(const Node& item, const std::string& number) {
    Node map;
    map.kind = Node::Kind::map;
    map.place = item.place;
    Node action;
    action.key = item.text;
    action.key_place = action.place = item.place;
    map.items.push_back(std::move(action));
    return read_step(map, number);
  }

  Step read_step(const Node& node, const std::string& number) {
    if (node.kind != Node::Kind::map || node.items.empty()) {
      wrong_place(source_, node.place, fmt::format("step {}: a step is wanted, like wait-at: AT+CSQ", number));
    }
    const auto& action = action_of(node, number);
    Step step;
    step.id = next_id_++;
    step.number = number;
    step.place = action.key_place;
    if (const auto* kind = step_kind(action.key)) {
      check_keys(node, action, kind->keys);
      step.what = read_kind(*kind, node, action, number);
      if (number.find('.') != std::string::npos) check_within_others(step.what, action);
      const auto* act = std::get_if<Act>(&step.what);
      step.title = act ? act_title(*act) : title_of(action);
    } else {
      check_keys(node, action, {});
      auto act = read_method_step(source_, *control::find_method(action.key), action);
      step.title = act_title(act);
      step.what = std::move(act);
    }
    if (const auto* name = node.find("name")) step.name = printable(text(*name));
    step.title = printable(step.title);
    return step;
  }

  /// The one member that says what the step does.
  const Node& action_of(const Node& node, const std::string& number) const {
    const auto acts = [](const Node& member) {
      const auto* method = control::find_method(member.key);
      return step_kind(member.key) || (method && is_step(*method));
    };
    const auto action = std::find_if(node.items.begin(), node.items.end(), acts);
    if (action == node.items.end()) no_step(node, number);
    const auto second = std::find_if(std::next(action), node.items.end(), acts);
    if (second != node.items.end()) {
      wrong_place(source_, second->key_place,
                  fmt::format("step {} is {} already; {} is another step, with a - of its own", number, action->key,
                              second->key));
    }
    return *action;
  }

  [[noreturn]] void no_step(const Node& node, const std::string& number) const {
    const auto is_known = [](const Node& member) { return find_key(member.key) != nullptr; };
    const auto other = std::find_if_not(node.items.begin(), node.items.end(), is_known);
    if (other == node.items.end()) {
      wrong_place(source_, node.place,
                  fmt::format("step {} does nothing: wait-at, fault, power … are missing", number));
    }
    if (other->key == "quit") wrong_place(source_, other->key_place, "a scenario ends by itself, after its last step");
    if (control::find_method(other->key)) {
      wrong_place(source_, other->key_place,
                  fmt::format("{} only asks; steps that look are wait-…, expect-… and never-…", other->key));
    }
    unknown(*other, "step", step_names());
  }

  void check_keys(const Node& node, const Node& action, std::span<const std::string_view> keys) const {
    for (const auto& member : node.items) {
      if (&member == &action || member.key == "name") continue;
      if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
      std::vector<std::string> known{keys.begin(), keys.end()};
      known.emplace_back("name");
      if (find_key(member.key)) {
        wrong_place(source_, member.key_place,
                    fmt::format("{} takes no \"{}\"; it takes {}", action.key, member.key, fmt::join(known, ", ")));
      }
      unknown(member, "key", known);
    }
  }

  /// What goes on beside the other steps would be begun again and again.
  void check_within_others(const decltype(Step::what)& what, const Node& action) const {
    const auto* never = std::get_if<Never>(&what);
    if (never && !never->lasting) {
      wrong_place(source_, action.key_place, fmt::format("{} within do: needs for: how long", action.key));
    }
    if (std::holds_alternative<When>(what) || std::holds_alternative<Every>(what)) {
      wrong_place(source_, action.key_place, fmt::format("{} cannot stand within do:", action.key));
    }
  }

  decltype(Step::what) read_kind(const StepKind& kind, const Node& node, const Node& action,
                                 const std::string& number) {
    const auto steps = [&] {
      const auto* list = node.find("do");
      if (!list) wrong_place(source_, action.place, fmt::format("{} needs do: with the steps", kind.name));
      return read_steps(*list, number + ".");
    };
    switch (kind.form) {
      case Form::wait: return Wait{pattern(kind, node, action), times(node, "count").value_or(1), within(node)};
      case Form::expect: return Wait{pattern(kind, node, action), 1, within(node), Wait::Others::refused};
      case Form::never: return Never{pattern(kind, node, action), optional_duration(node, "for")};
      case Form::when: return When{pattern(kind, node, action), times(node, "times"), steps()};
      case Form::wait_state: return State{state(action), within(node)};
      case Form::expect_state: return State{state(action), std::nullopt};
      case Form::every: return Every{interval(action), times(node, "times"), steps()};
      case Form::delay: return Delay{duration(action)};
      case Form::repeat: return Repeat{number_of(action, kMostRounds), steps()};
      case Form::fault: return read_fault_step(source_, action);
      case Form::clear_fault: return clear(action);
    }
    return Delay{};
  }

  // ---- values ----

  Pattern pattern(const StepKind& kind, const Node& node, const Node& action) const {
    Pattern pattern{.subject = kind.subject, .text = {}, .answer = std::nullopt, .kinds = {}};
    if (action.kind != Node::Kind::null) pattern.text = text(action);
    if (const auto* answer = node.find("answer")) pattern.answer = text(*answer);
    if (const auto* kinds = node.find("kind")) pattern.kinds = record_kinds(*kinds);
    const bool command = pattern.of_command();
    if (command && !pattern.text.empty() && !begins_a_command(pattern.text)) {
      wrong_place(source_, action.place, fmt::format("{}: a command begins with AT: AT+CSQ, ATD*", action.key));
    }
    if (!command) pattern.text = quasimodem::to_text(unescaped(pattern.text));
    const bool anything = pattern.text.empty() && pattern.kinds.empty();
    if (anything && !command && kind.subject != Subject::urc) {
      wrong_place(source_, action.place, fmt::format("{}: a text is wanted", action.key));
    }
    return pattern;
  }

  static bool begins_a_command(const std::string& text) {
    return text.starts_with("AT") || text.starts_with("at") || text.starts_with('*');
  }

  std::vector<RecordKind> record_kinds(const Node& node) const {
    std::vector<std::string> known;
    for (int i = 0; i < kRecordKinds; ++i) known.emplace_back(quasimodem::name_of(static_cast<RecordKind>(i)));
    std::vector<RecordKind> kinds;
    for (const auto& word : split(text(node))) {
      const auto kind = record_kind(word);
      if (!kind) {
        wrong_place(source_, node.place,
                    fmt::format("there are no records of kind \"{}\"{}; there are {}", word, did_you_mean(word, known),
                                fmt::join(known, ", ")));
      }
      kinds.push_back(*kind);
    }
    return kinds;
  }

  Node state(const Node& action) const {
    if (action.kind != Node::Kind::map || action.items.empty()) {
      wrong_place(source_, action.place,
                  fmt::format("{}: a map is wanted, like network.registration: home", action.key));
    }
    return action;
  }

  ClearFaults clear(const Node& action) const {
    const auto name = text(action);
    if (name == "all" || emulator::fault_kind(name)) return {name};
    std::vector<std::string> known{"all"};
    for (const auto& kind : emulator::fault_kinds()) known.emplace_back(kind.name);
    wrong_place(source_, action.place,
                fmt::format("there is no fault \"{}\" (all of them: quasimodem help faults){}", name,
                            did_you_mean(name, known)));
  }

  std::string text(const Node& node) const {
    if (node.kind != Node::Kind::scalar || node.text.empty()) {
      wrong_place(source_, node.place, fmt::format("{}: a text is wanted", node.key));
    }
    return node.text;
  }

  Duration duration(const Node& node) const {
    const auto parsed = node.kind == Node::Kind::scalar ? parse_duration(node.text) : std::nullopt;
    if (!parsed)
      wrong_place(source_, node.place, fmt::format("{}: a time is wanted, like {}", node.key, kDurationForm));
    return *parsed;
  }

  std::optional<Duration> optional_duration(const Node& node, std::string_view key) const {
    const auto* found = node.find(key);
    return found ? std::optional{duration(*found)} : std::nullopt;
  }

  Duration within(const Node& node) const { return optional_duration(node, "within").value_or(within_); }

  Duration interval(const Node& node) const {
    const auto interval = duration(node);
    if (interval < kShortestInterval) wrong_place(source_, node.place, fmt::format("{}: 10ms or longer", node.key));
    return interval;
  }

  int number_of(const Node& node, int most) const {
    const auto number = node.kind == Node::Kind::scalar ? whole_number<int>(node.text) : std::nullopt;
    if (!number || *number < 1 || *number > most) {
      wrong_place(source_, node.place, fmt::format("{}: a number from 1 to {} is wanted", node.key, most));
    }
    return *number;
  }

  std::optional<int> times(const Node& node, std::string_view key) const {
    const auto* found = node.find(key);
    return found ? std::optional{number_of(*found, kMostTimes)} : std::nullopt;
  }

  static std::string title_of(const Node& action) {
    if (action.kind == Node::Kind::scalar) return fmt::format("{} {}", action.key, action.text);
    std::string members;
    for (const auto& item : action.items) members += fmt::format("{}{}", members.empty() ? " " : ", ", item.key);
    return action.key + members;
  }

  [[noreturn]] void unknown(const Node& member, std::string_view what, const std::vector<std::string>& known) const {
    const auto few = known.size() <= 8 ? fmt::format("; there are {}", fmt::join(known, ", ")) : "";
    wrong_place(source_, member.key_place,
                fmt::format("unknown {} \"{}\"{}{}", what, member.key, did_you_mean(member.key, known), few));
  }

  std::string source_;
  Duration within_ = kWithin;
  std::size_t next_id_ = 0;
};

std::string contents(const std::filesystem::path& file) {
  auto text = read_text_file(file, kLargestHandwritten);
  if (text) return std::move(*text);
  usage(fmt::format("--scenario {}: cannot be read: {}", file.string(), text.error()),
        "name a YAML file: man quasimodem-scenario; docs/scenarios.md");
}

}  // namespace

const Steps* inner(const Step& step) {
  const auto steps_of = [](const auto& what) -> const Steps* {
    if constexpr (requires { what.steps; }) return &what.steps;
    return nullptr;
  };
  return std::visit(steps_of, step.what);
}

void for_each(const Steps& steps, const std::function<void(const Step&)>& visit) {
  for (const auto& step : steps) {
    visit(step);
    if (const auto* more = inner(step)) for_each(*more, visit);
  }
}

std::shared_ptr<const Scenario> read_scenario(const std::filesystem::path& file) {
  return std::make_shared<const Scenario>(parse_scenario(file.string(), contents(file)));
}

Scenario parse_scenario(const std::string& file, const std::string& text) {
  const auto root = read_yaml(file, text);
  if (root.kind == Node::Kind::null) wrong_place(file, {}, "the file is empty; a scenario begins with steps:");
  return Reader{file}.read(root);
}

}  // namespace quasimodem::app::scenario
