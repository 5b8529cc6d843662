// SPDX-License-Identifier: Apache-2.0
#include "emulator/app/desk/play/play_report.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "core/bytes.hpp"

namespace quasimodem::app {
namespace {

std::string place(const std::string& name, int line) { return line ? fmt::format("{}:{}", name, line) : name; }

std::string difference_text(const std::string& name, const PlayReport::Difference& difference) {
  auto text = fmt::format("{}: {}\n", place(name, difference.line), difference.what);
  if (!difference.after.empty()) text += fmt::format("  after     {}\n", escaped(difference.after));
  if (difference.expected.empty() && difference.got.empty()) return text;
  text += fmt::format("  expected  {}\n", escaped(difference.expected));
  text += fmt::format("  got       {}\n", escaped(difference.got));
  // Under the byte where they part, which stands at the same place in both lines.
  const auto common = escaped(difference.expected.substr(0, difference.parts_at));
  return text + fmt::format("            {}^ byte {}\n", std::string(common.size(), ' '), difference.parts_at);
}

}  // namespace

std::size_t where_they_part(const std::string& expected, const std::string& got) {
  const auto common = std::min(expected.size(), got.size());
  const auto end = expected.begin() + static_cast<std::ptrdiff_t>(common);
  return static_cast<std::size_t>(std::mismatch(expected.begin(), end, got.begin()).first - expected.begin());
}

std::string play_report_text(const PlayReport& report) {
  if (report.left_out()) return fmt::format("skip  {}: {}\n", report.name, report.skipped.front().why);
  auto text = fmt::format("{}  {}\n", report.passed() ? "pass" : "FAIL", report.name);
  for (const auto& difference : report.differences) text += difference_text(report.name, difference);
  for (const auto& skipped : report.skipped) {
    text += fmt::format("{}: skipped: {}: {}\n", place(report.name, skipped.line), skipped.step, skipped.why);
  }
  return text;
}

Json play_report_json(const PlayReport& report) {
  JsonArray differences, skipped;
  for (const auto& each : report.differences) {
    differences.emplace_back(JsonObject{{"line", each.line},
                                        {"what", each.what},
                                        {"after", escaped(each.after)},
                                        {"expected", escaped(each.expected)},
                                        {"got", escaped(each.got)},
                                        {"parts_at", each.parts_at}});
  }
  for (const auto& each : report.skipped) {
    skipped.emplace_back(JsonObject{{"line", each.line}, {"step", each.step}, {"why", each.why}});
  }
  return JsonObject{{"file", report.name},          {"kind", report.kind},
                    {"passed", report.passed()},    {"sent", report.sent},
                    {"compared", report.compared},  {"differences", std::move(differences)},
                    {"skipped", std::move(skipped)}};
}

}  // namespace quasimodem::app
