// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/scenario/failure_text.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>

#include "emulator/app/printable.hpp"
#include "emulator/app/scenario/command_match.hpp"

namespace quasimodem::app::scenario {
namespace {

std::string line(std::string_view what, const std::string& text) { return fmt::format("\n       {:<15}  {}", what, text); }

std::string ago(Duration time) {
  return fmt::format("{:.1f} s ago", std::chrono::duration<double>{time}.count());
}

std::string last_from_host(const Observer& observer, Instant now) {
  if (observer.sent().empty()) return "nothing so far";
  const auto& last = observer.sent().back();
  auto text = fmt::format("{}  ({}", printable(last.command), ago(now - last.time));
  if (last.answer) text += last.answer->empty() ? ", not answered" : fmt::format(", answered {}", *last.answer);
  if (!last.fault.empty()) text += fmt::format(" by fault \"{}\"", last.fault);
  return text + ")";
}

const Pattern* pattern_of(const Step& step) {
  if (const auto* wait = std::get_if<Wait>(&step.what)) return &wait->pattern;
  return nullptr;
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
  auto text = fmt::format("{}scenario {} step {} (line {}, {}): {}", module.empty() ? "" : module + ": ",
                          printable(scenario.file), step.number, step.place.line, step.title, printable(failing.what));
  text += line("last from host", last_from_host(observer, engine.target().timeline().now()));
  const auto* pattern = pattern_of(step);
  if (pattern && pattern->subject == Subject::at && !pattern->text.empty()) text += nearest_match(*pattern, observer);
  const bool of_module = pattern && (pattern->subject == Subject::urc || pattern->subject == Subject::module);
  if (of_module) {
    const auto& last = observer.last_from_module();
    text += line("last from module", last.empty() ? "nothing so far" : last);
  }
  if (trace) text += line("full trace", printable(trace->string()));
  return text;
}

}  // namespace quasimodem::app::scenario
