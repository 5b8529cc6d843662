// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/failure_text.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "emulator/app/base/printable.hpp"
#include "emulator/app/desk/scenario/command_match.hpp"
#include "emulator/commands/explain.hpp"

namespace quasimodem::app::scenario {
namespace {

std::string line(std::string_view what, const std::string& text) {
  return fmt::format("\n       {:<17}{}", what, text);
}

std::string ago(Duration time) { return fmt::format("{:.1f} s ago", std::chrono::duration<double>{time}.count()); }

std::string last_from_host(const Observer& observer, Instant now) {
  if (observer.sent().empty()) return "nothing so far";
  const auto& last = observer.sent().back();
  auto text = fmt::format("{}  ({}", printable(last.command), ago(now - last.time));
  if (last.answer) text += last.answer->empty() ? ", not answered" : fmt::format(", answered {}", *last.answer);
  if (!last.fault.empty()) text += fmt::format(" by fault \"{}\"", last.fault);
  return text + ")";
}

/// What the host ought to have sent instead of a command that does not exist.
std::string nearest_known(const std::string& unknown) {
  const auto near = nearest_command(unknown, commands::command_names());
  return near ? line("nearest command", *near) : std::string{};
}

std::string nearest_match(const Pattern& pattern, const Observer& observer) {
  std::vector<std::string> sent;
  for (const auto& each : observer.sent()) sent.push_back(each.command);
  std::reverse(sent.begin(), sent.end());
  const auto near = nearest_command(pattern.text, sent);
  if (!near) return {};
  if (means(pattern.text, *near)) return {};
  return line("nearest match", fmt::format("{}  {}", printable(*near), difference(pattern.text, *near)));
}

}  // namespace

std::string failure_text(const Engine& engine, const Scenario& scenario, const std::string& module,
                         const std::optional<std::filesystem::path>& trace) {
  const auto& failing = *engine.report().failing;
  const auto& step = *failing.step;
  const auto& observer = engine.observer();
  auto text = fmt::format("{}scenario {} step {} (line {}{}): {}", module.empty() ? "" : module + ": ",
                          printable(scenario.file), step.number, step.place.line,
                          step.name.empty() ? "" : ", " + step.name, printable(failing.what));
  text += line("last from host", last_from_host(observer, engine.target().timeline().now()));
  const auto* wait = std::get_if<Wait>(&step.what);
  const auto* never = std::get_if<Never>(&step.what);
  if (wait && wait->pattern.subject == Subject::at && !wait->pattern.text.empty()) {
    text += nearest_match(wait->pattern, observer);
  }
  if (wait && (wait->pattern.subject == Subject::urc || wait->pattern.subject == Subject::module)) {
    const auto& last = observer.last_from_module();
    text += line("last from module", last.empty() ? "nothing so far" : last);
  }
  if (never && never->pattern.subject == Subject::unknown && !observer.sent().empty()) {
    text += nearest_known(observer.sent().back().command);
  }
  if (trace) text += line("full trace", printable(trace->string()));
  return text;
}

}  // namespace quasimodem::app::scenario
