// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/scenario/junit.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "emulator/app/base/utf8.hpp"

namespace quasimodem::app::scenario {
namespace {

using Outcome = Result::Outcome;

constexpr std::pair<char, std::string_view> kEntities[] = {
    {'&', "&amp;"},  {'<', "&lt;"},   {'>', "&gt;"},
    {'"', "&quot;"}, {'\n', "&#10;"}, {'\t', "&#9;"},  // in an attribute bare ones would become blanks
};

struct Totals {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t skipped = 0;
};

Totals totals_of(const Report& report) {
  Totals totals;
  totals.tests = report.results.size();
  for (const auto& result : report.results) {
    if (result.outcome == Outcome::failed) ++totals.failures;
    if (result.outcome == Outcome::not_reached) ++totals.skipped;
  }
  return totals;
}

double seconds(Duration time) { return std::chrono::duration<double>{time}.count(); }

std::string attributes(const Totals& totals, double time) {
  return fmt::format(R"(tests="{}" failures="{}" errors="0" skipped="{}" time="{:.3f}")", totals.tests, totals.failures,
                     totals.skipped, time);
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

double time_of(const Report& report) {
  double time = 0;
  for (const auto& result : report.results) time += seconds(result.took);
  return time;
}

}  // namespace

std::string junit_xml(const std::vector<Suite>& suites) {
  Totals all;
  double time = 0;
  std::string body;
  for (const auto& suite : suites) {
    const auto totals = totals_of(*suite.report);
    all.tests += totals.tests;
    all.failures += totals.failures;
    all.skipped += totals.skipped;
    time += time_of(*suite.report);
    body += fmt::format("  <testsuite name=\"{}\" {}>\n", xml_escaped(suite.name),
                        attributes(totals, time_of(*suite.report)));
    for_each(suite.scenario->steps, [&](const Step& step) { body += test_case(suite, step); });
    body += "  </testsuite>\n";
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {}>\n{}</testsuites>\n",
                     attributes(all, time), body);
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
                                        [code](const auto& each) { return each.first == code; });
      escaped += entity == std::end(kEntities) ? character : entity->second;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return escaped;
}

}  // namespace quasimodem::app::scenario
