// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/results.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "emulator/app/base/printable.hpp"
#include "emulator/app/desk/scenario/command_match.hpp"
#include "emulator/commands/explain.hpp"

namespace quasimodem::app::scenario {
namespace {

double seconds(Duration time) { return std::chrono::duration<double>{time}.count(); }

// ---- for people ----

std::string line(std::string_view what, const std::string& text) {
  return fmt::format("\n       {:<17}{}", what, text);
}

std::string last_from_host(const Observer& observer, Instant now) {
  if (observer.sent().empty()) return "nothing so far";
  const auto& last = observer.sent().back();
  auto text = fmt::format("{}  ({:.1f} s ago", printable(last.command), seconds(now - last.time));
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

// ---- for JUnit ----

using Outcome = Result::Outcome;

constexpr std::pair<char, std::string_view> kEntities[] = {
    {'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},
    {'"', "&quot;"}, {'\n', "&#10;"}, {'\t', "&#9;"},  // in an attribute bare ones would become blanks
};

std::string attributes(const std::vector<Result>& results) {
  const auto count = [&](Outcome outcome) {
    return std::count_if(results.begin(), results.end(), [=](const Result& each) { return each.outcome == outcome; });
  };
  Duration time{};
  for (const auto& result : results) time += result.took;
  return fmt::format(R"(tests="{}" failures="{}" errors="0" skipped="{}" time="{:.3f}")", results.size(),
                     count(Outcome::failed), count(Outcome::not_reached), seconds(time));
}

std::string test_case(const Suite& suite, const Step& step) {
  const auto& result = suite.report->results[step.id];
  auto xml = fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" line="{}" time="{:.3f}")",
                         xml_escaped(suite.name),
                         xml_escaped(fmt::format("{} {}", step.number, step.name.empty() ? step.title : step.name)),
                         xml_escaped(suite.scenario->file), step.place.line, seconds(result.took));
  switch (result.outcome) {
    case Outcome::failed: {
      const auto what = suite.report->failing ? suite.report->failing->what : std::string{};
      return xml + fmt::format(">\n      <failure type=\"expectation\" message=\"{}\">{}</failure>\n    </testcase>\n",
                               xml_escaped(what), xml_escaped(suite.failure));
    }
    case Outcome::not_reached: return xml + ">\n      <skipped message=\"not reached\"/>\n    </testcase>\n";
    default: return xml + "/>\n";
  }
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

std::string junit_xml(const std::vector<Suite>& suites) {
  std::vector<Result> all;
  std::string body;
  for (const auto& suite : suites) {
    const auto& results = suite.report->results;
    all.insert(all.end(), results.begin(), results.end());
    body += fmt::format("  <testsuite name=\"{}\" {}>\n", xml_escaped(suite.name), attributes(results));
    for_each(suite.scenario->steps, [&](const Step& step) { body += test_case(suite, step); });
    body += "  </testsuite>\n";
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n{}</testsuites>\n", attributes(all),
                     body);
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto code = static_cast<unsigned char>(text.front());
    // XML 1.0 has no control characters but these, and neither U+FFFE nor U+FFFF.
    const bool control = (code < 0x20 && code != '\n' && code != '\t') || code == 0x7F;
    const auto character = text.substr(0, length);
    if (length == 0 || character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF") {
      escaped += kNoUtf8;
    } else if (control) {
      escaped += fmt::format("\\x{:02x}", code);
    } else {
      const auto* entity = std::find_if(std::begin(kEntities), std::end(kEntities),
                                        [c = text.front()](const auto& each) { return each.first == c; });
      escaped += entity == std::end(kEntities) ? character : entity->second;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return escaped;
}

}  // namespace quasimodem::app::scenario
